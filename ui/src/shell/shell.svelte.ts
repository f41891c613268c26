// What the window shows and what lies over it; and that a workspace the person looks at counts as seen.
import type {
  AgentId,
  Backend,
  Card,
  CommandError,
  ProjectId,
  RequestId,
  SessionId,
  TerminalId,
  WorkspaceId,
} from '../backend/backend';
import { byAttention, isBusy, mainSession, needsPerson } from '../backend/cards';
import type { Feed } from '../backend/feed.svelte';
import type { Target } from '../backend/target';
import { RememberedNumber, recall, remember } from '../design/remembered.svelte';
import { ChatControls } from '../features/conversation/controls.svelte';
import { afterClosing, beside, tabs } from '../features/workspace/tabs';

/** Where the person is. */
export type Place =
  | { kind: 'board' }
  | { kind: 'search' }
  | { kind: 'archived' }
  | { kind: 'settings' }
  | { kind: 'workspace'; id: WorkspaceId };

/** What lies over the window. */
export type Overlay = 'palette' | 'add-project' | null;

/** A terminal that is shown in a dialog. */
export interface ShownTerminal {
  id: TerminalId;
  title: string;
  /** What to do once the person is done with it. */
  done?: () => void;
}

/** The window's own state. */
export class Shell {
  place = $state.raw<Place>({ kind: 'board' });
  overlay = $state<Overlay>(null);
  /** Whether the form for a new workspace is open. */
  composing = $state(false);
  /** The project that is shown, null for all. */
  project = $state<ProjectId | null>(recall('project'));
  /** The workspace whose archiving waits for a yes. */
  archiving = $state<WorkspaceId | null>(null);
  /** The conversation whose closing waits for a yes: its agent is at work. */
  closing = $state.raw<{ workspace: WorkspaceId; session: SessionId } | null>(null);
  /** How many agents work, while the person is asked whether to quit. */
  quitting = $state<number | null>(null);
  /** The workspace whose card is shown in full. */
  debugging = $state<WorkspaceId | null>(null);
  /** The terminal that lies over the window. */
  terminal = $state.raw<ShownTerminal | null>(null);
  /** Whether the sidebar is shown. */
  sidebar = $state(true);
  /** Width of the inspector beside a conversation, 0 when it is hidden; in pixels. */
  readonly inspector = new RememberedNumber('inspector', 360);
  /** Whether there is no room for the inspector beside a conversation: it lies over it then, on demand. */
  narrow = $state(false);
  #over = $state(false);
  /** The conversation on the screen. */
  readonly chat = new ChatControls();
  /** An action's error that has no better place. */
  error = $state.raw<CommandError | null>(null);
  /** What an action did, where nothing else shows it. */
  told = $state<string | null>(null);
  /** The request that its conversation is to show; taken by it once it is open. */
  request = $state.raw<RequestId | null>(null);
  /** The entry that its conversation is to show; taken by it once it is open. */
  target = $state.raw<Target | null>(null);

  /** The chosen conversation of each workspace; null is a new one. */
  #chosen = $state.raw<Readonly<Record<WorkspaceId, SessionId | null>>>({});
  /** The agent chosen for a new conversation, by workspace. */
  #agents = $state.raw<Readonly<Record<WorkspaceId, AgentId | null>>>({});
  /** The conversation that began last. */
  #coming: SessionId | null = null;
  #seen = '';
  readonly #backend: Backend;
  readonly #feed: Feed;

  constructor(backend: Backend, feed: Feed) {
    this.#backend = backend;
    this.#feed = feed;
  }

  /** The card of the workspace that is open. */
  readonly card = $derived.by(() =>
    this.place.kind === 'workspace' ? this.#feed.cards.get(this.place.id) : undefined,
  );

  /** The project that is shown, if it is still there. */
  readonly shownProject = $derived.by(() => (this.project === null ? undefined : this.#feed.project(this.project)));

  /** Whether the inspector is shown. */
  get inspecting(): boolean {
    return this.narrow ? this.#over : this.inspector.value > 0;
  }

  /** Shows the inspector, or hides it. */
  inspect(): void {
    if (this.narrow) this.#over = !this.#over;
    else this.inspector.value = this.inspector.value ? 0 : 360;
  }

  /** Shows a page. */
  go(place: Place): void {
    this.place = place;
    this.#over = false;
    this.error = null;
    this.told = null;
    this.target = null;
    this.request = null;
  }

  /** Opens a workspace; it counts as seen. */
  open(id: WorkspaceId): void {
    this.go({ kind: 'workspace', id });
    this.#markSeen(id, this.#feed.cards.get(id)?.status.since ?? 0);
  }

  /** Opens the conversation that something was said in, at that entry. */
  show(target: Target): void {
    this.choose(target.workspace, target.session);
    this.open(target.workspace);
    this.target = target;
  }

  /** Opens the conversation that asks something, at what it asks. */
  showRequest(workspace: WorkspaceId, session: SessionId, request: RequestId): void {
    this.choose(workspace, session);
    this.open(workspace);
    this.request = request;
  }

  /** The open workspace's reason changed while the person looks at it. */
  looked(card: Card): void {
    const key = `${card.id} ${card.status.since}`;
    if (!card.status.seen && card.status.need !== 'no' && key !== this.#seen)
      this.#markSeen(card.id, card.status.since);
  }

  /** The conversation to show: the one chosen, else the one a person most likely means. */
  session(card: Card): SessionId | null {
    const chosen = this.#chosen[card.id];
    if (chosen === null || card.sessions.some((session) => session.id === chosen)) return chosen ?? null;
    if (chosen === this.#coming) return null;
    return mainSession(card)?.id ?? null;
  }

  /** Chooses a conversation, null for a new one. */
  choose(workspace: WorkspaceId, session: SessionId | null): void {
    this.#chosen = { ...this.#chosen, [workspace]: session };
  }

  /** A new conversation has begun: it is shown once the card knows it, and until then nothing else is. */
  started(workspace: WorkspaceId, session: SessionId): void {
    this.#coming = session;
    if ((this.#chosen[workspace] ?? null) === null) this.choose(workspace, session);
  }

  /** Shows a new conversation, with this agent chosen. */
  begin(workspace: WorkspaceId, agent: AgentId | null): void {
    this.#agents = { ...this.#agents, [workspace]: agent };
    this.chat.awaits(null);
    this.choose(workspace, null);
  }

  /** The agent chosen for a new conversation of this workspace. */
  agentFor(workspace: WorkspaceId): AgentId | null {
    return this.#agents[workspace] ?? null;
  }

  /** Shows the conversation beside the one that is shown. */
  beside(card: Card, step: 1 | -1): void {
    const next = beside(tabs(card.sessions).open, this.session(card), step);
    if (next !== null) this.choose(card.id, next);
  }

  /** Closes a conversation's tab; where its agent is at work the person is asked first. */
  async close(card: Card, session: SessionId): Promise<void> {
    const closing = card.sessions.find((one) => one.id === session);
    const asks = closing && (isBusy(closing) || closing.pending.length > 0);
    if (asks && this.closing?.session !== session) {
      this.closing = { workspace: card.id, session };
      return;
    }
    this.closing = null;
    if (this.session(card) === session) this.choose(card.id, afterClosing(tabs(card.sessions).open, session));
    await this.ask(this.#backend.closeSession(session));
  }

  /** Opens the tab of a closed conversation again. */
  async reopen(workspace: WorkspaceId, session: SessionId): Promise<void> {
    if (await this.ask(this.#backend.reopenSession(session))) this.choose(workspace, session);
  }

  /** Shows one project, null for all. */
  showProject(project: ProjectId | null): void {
    this.project = project;
    remember('project', project);
  }

  /** Goes to the board with the form for something new. */
  compose(): void {
    this.composing = true;
    this.go({ kind: 'board' });
  }

  /** Opens who needs the person most, after the one that is open. */
  next(): void {
    const waiting = [...this.#feed.cards.values()].filter(needsPerson).sort(byAttention);
    const at = waiting.findIndex((card) => card.id === this.card?.id);
    const next = waiting[(at + 1) % waiting.length];
    if (next) this.open(next.id);
  }

  /** Shows a terminal over the window until the person is done with it; it goes on running. */
  showTerminal(id: TerminalId, title: string, done?: () => void): void {
    this.doneWithTerminal();
    this.terminal = done ? { id, title, done } : { id, title };
  }

  /** Closes the terminal's dialog and tells whoever showed it. */
  doneWithTerminal(): void {
    const shown = this.terminal;
    this.terminal = null;
    shown?.done?.();
  }

  /** Runs something that has no place of its own for errors. */
  async ask(call: Promise<{ status: 'ok' } | { status: 'error'; error: CommandError }>): Promise<boolean> {
    const result = await call;
    this.error = result.status === 'error' ? result.error : null;
    return result.status === 'ok';
  }

  /** Archives the workspace that waits for a yes, and leaves it. */
  async archive(): Promise<void> {
    const id = this.archiving;
    this.archiving = null;
    if (id === null) return;
    if (this.place.kind === 'workspace' && this.place.id === id) this.go({ kind: 'board' });
    await this.ask(this.#backend.archiveWorkspace(id));
  }

  #markSeen(id: WorkspaceId, since: number): void {
    this.#seen = `${id} ${since}`;
    void this.#backend.markSeen(id);
  }
}
