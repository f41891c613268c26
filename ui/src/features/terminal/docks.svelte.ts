// Where terminals are open: per workspace, remembered, with one height for all. Opening one by key or button also gives
// it the focus; a workspace that is merely looked at keeps the focus where it was.
import type { Backend, CommandError, TerminalId, TerminalSummary, WorkspaceId } from '../../backend/backend';
import { RememberedNumber, recall, remember } from '../../design/remembered.svelte';
import type { Terminals } from '../../backend/terminals.svelte';

const key = 'terminals';
/** The size a program starts with; its screen tells the right one as soon as it is drawn. */
const first = { cols: 80, rows: 24 };

/** The docks of all workspaces. */
export class Docks {
  /** Height of an open dock, in pixels. */
  readonly height = new RememberedNumber('terminals-height', 260);
  /** Why a terminal could not be opened. */
  error = $state.raw<CommandError | null>(null);
  /** Whether the next screen that is drawn takes the focus. */
  focus = $state(false);

  #open = $state.raw<ReadonlySet<WorkspaceId>>(new Set(recall(key)?.split(' ')));
  #chosen = $state.raw<Readonly<Record<WorkspaceId, TerminalId>>>({});
  #before: Element | null = null;
  readonly #backend: Backend;
  readonly #terminals: Terminals;

  constructor(backend: Backend, terminals: Terminals) {
    this.#backend = backend;
    this.#terminals = terminals;
  }

  /** Whether the workspace's dock is open. */
  isOpen(workspace: WorkspaceId): boolean {
    return this.#open.has(workspace);
  }

  /** The terminal that is shown: the chosen one, else the newest. */
  shown(workspace: WorkspaceId): TerminalSummary | undefined {
    const all = this.#terminals.of(workspace);
    return all.find((one) => one.id === this.#chosen[workspace]) ?? all.at(-1);
  }

  /** Shows one of them. */
  choose(workspace: WorkspaceId, id: TerminalId): void {
    this.focus = true;
    this.#chosen = { ...this.#chosen, [workspace]: id };
  }

  /** Opens the dock, with a first terminal where there is none; or folds it, and the focus goes back. */
  async toggle(workspace: WorkspaceId): Promise<void> {
    if (this.isOpen(workspace)) {
      this.fold(workspace);
      return;
    }
    if (this.#terminals.of(workspace).length === 0) return this.add(workspace);
    this.#unfold(workspace);
  }

  /** Opens another terminal. */
  async add(workspace: WorkspaceId): Promise<void> {
    this.#unfold(workspace);
    const result = await this.#backend.openTerminal(workspace, first);
    this.error = result.status === 'error' ? result.error : null;
    if (result.status === 'ok') this.choose(workspace, result.data);
  }

  /** Hides the dock; its terminals go on. */
  fold(workspace: WorkspaceId): void {
    this.#keep(new Set([...this.#open].filter((one) => one !== workspace)));
    this.error = null;
    if (this.#before instanceof HTMLElement && this.#before.isConnected) this.#before.focus();
    this.#before = null;
  }

  /** Closes a terminal, and the dock with the last one. */
  async close(workspace: WorkspaceId, id: TerminalId): Promise<void> {
    const result = await this.#backend.closeTerminal(id);
    this.error = result.status === 'error' && result.error.code !== 'gone' ? result.error : null;
    if (this.error === null) this.closed(workspace, id);
  }

  /** A terminal was closed: the dock goes with the last one. */
  closed(workspace: WorkspaceId, id: TerminalId): void {
    if (this.#terminals.of(workspace).every((one) => one.id === id)) this.fold(workspace);
  }

  #unfold(workspace: WorkspaceId): void {
    if (!this.isOpen(workspace)) this.#before = document.activeElement;
    this.focus = true;
    this.#keep(new Set([...this.#open, workspace]));
  }

  #keep(open: ReadonlySet<WorkspaceId>): void {
    this.#open = open;
    remember(key, open.size ? [...open].join(' ') : null);
  }
}
