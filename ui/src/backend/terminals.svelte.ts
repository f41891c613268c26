// The terminals there are, and how any view shows one in a dialog: sign-in needs that as much as a workspace does.
import { createContext } from 'svelte';
import type { Backend, CommandError, TerminalId, TerminalSummary, WorkspaceId } from './backend';

/** The terminals as last told by the core. */
export class Terminals {
  /** All of them, oldest first. */
  list = $state.raw<TerminalSummary[]>([]);
  /** Why they can't be listed. */
  error = $state.raw<CommandError | null>(null);

  readonly #backend: Backend;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /** Hears of every change from now on. */
  async subscribe(): Promise<void> {
    const result = await this.#backend.subscribeTerminals((list) => (this.list = list));
    this.error = result.status === 'error' ? result.error : null;
  }

  /** One of them, if it is still there. */
  get(id: TerminalId): TerminalSummary | undefined {
    return this.list.find((one) => one.id === id);
  }

  /** Those of a workspace, oldest first. */
  of(workspace: WorkspaceId): TerminalSummary[] {
    return this.list.filter((one) => one.workspace === workspace);
  }

  /** In how many terminals of a workspace a program runs. */
  running(workspace: WorkspaceId): number {
    return this.of(workspace).filter((one) => one.state.kind === 'running').length;
  }
}

/** Shows a terminal in a dialog until the person is done with it; `done` is called then. It goes on running. */
export type ShowTerminal = (terminal: TerminalId, title: string, done?: () => void) => void;

/** How a view shows a terminal in a dialog. */
export const [useShowTerminal, provideShowTerminal] = createContext<ShowTerminal>();
