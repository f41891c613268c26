// One conversation as the person has it open: what was said, what they write, what they look for. It outlives nothing but
// the draft, which is there again when the conversation is opened again.
import type {
  AgentId,
  Answered,
  Backend,
  CommandError,
  Delivery,
  Offers,
  PolicyMode,
  PromptLine,
  SessionId,
  SessionSummary,
  WorkspaceId,
} from '../../backend/backend';
import { Completion } from './completion.svelte';
import { OpenConversation } from './conversation.svelte';
import { draftOf, type Draft } from './draft.svelte';
import { Edits } from './edits.svelte';
import { Find } from './find.svelte';
import { NewOffers } from './offers.svelte';
import { queueActions, type QueueActions } from './queue-actions';

/** Where a conversation is, and which; without a session its first message begins one. */
export interface Which {
  workspace: WorkspaceId;
  session: SessionId | null;
  agent: AgentId | null;
}

/** What shows the conversation. */
export interface View {
  /** Shows an entry, unfolded. */
  show: (ordinal: number) => void;
  /** The last entry on the screen. */
  last: () => number;
  /** The person took something back into the field. */
  takenBack: () => void;
  /** Something came back into the field by itself. */
  cameBack: () => void;
}

/** What belongs to a conversation that has begun. */
export interface Begun {
  conversation: OpenConversation;
  find: Find;
  edits: Edits;
  queue: QueueActions;
}

/** A conversation on the screen; made while its component is, which asks for what its agent offers. */
export class Talk {
  /** The agent that a new conversation is to have. */
  agent = $state<AgentId | null>(null);
  /** Why the last thing that was asked for here was refused. */
  error = $state.raw<CommandError | null>(null);
  readonly id: SessionId | null;
  readonly draft: Draft;
  readonly completion: Completion;
  /** Null before the first message. */
  readonly begun: Begun | null;
  readonly #backend: Backend;
  readonly #fresh: NewOffers;
  readonly #view: View;

  constructor(backend: Backend, { workspace, session, agent }: Which, view: View) {
    this.#backend = backend;
    this.#view = view;
    this.id = session;
    this.agent = agent;
    this.draft = draftOf(backend, workspace, session);
    this.#fresh = new NewOffers(backend, () => (session === null ? this.agent : null));
    this.completion = new Completion(
      () => this.offers.commands,
      (query) => backend.workspaceFiles(workspace, query),
    );
    this.begun = session === null ? null : this.#begin(session);
  }

  #begin(session: SessionId): Begun {
    const putBack: Parameters<typeof queueActions>[2] = (text, attachments) => {
      this.draft.putBack(text, attachments);
      this.#view.takenBack();
    };
    return {
      conversation: new OpenConversation(this.#backend, session),
      find: new Find(this.#backend, session, this.#view.show, this.#view.last),
      edits: new Edits(session),
      queue: queueActions(this.#backend, session, putBack, this.refused),
    };
  }

  /** State, queue and requests; null until the conversation is open. */
  get summary(): SessionSummary | null {
    return this.begun?.conversation.session ?? null;
  }

  /** What the agent offers to choose from. */
  get offers(): Offers {
    return this.begun?.conversation.offers ?? this.#fresh.withChoices(this.draft.choices(this.agent));
  }

  /** Takes why something was refused; null once something worked. */
  readonly refused = (why: CommandError | null): void => {
    this.error = why;
  };

  /** Sends what is written; answers the session it went to, null where nothing went. */
  async send(delivery: Delivery): Promise<SessionId | null> {
    if (!this.draft.ready) return null;
    if (this.id !== null && this.summary?.closedAt && !(await this.#tell(this.#backend.reopenSession(this.id))))
      return null;
    return this.draft.send(this.agent, delivery);
  }

  /** Stops the turn. */
  stop(): void {
    if (this.id !== null) void this.#tell(this.#backend.stopTurn(this.id));
  }

  /** Chooses a value of an option. */
  choose(option: string, value: string): void {
    if (this.id === null) this.draft.choose(this.agent, option, value);
    else void this.#tell(this.#backend.setSessionOption(this.id, option, value));
  }

  /** Chooses what the agent may do unasked; null for what the project and the settings say. */
  choosePolicy(mode: PolicyMode | null): void {
    if (this.id !== null) void this.#tell(this.#backend.setSessionPolicy(this.id, mode));
  }

  /** The person's messages, in order. */
  async prompts(): Promise<PromptLine[]> {
    const result = this.id === null ? null : await this.#backend.sessionPrompts(this.id);
    if (result?.status === 'error') this.refused(result.error);
    return result?.status === 'ok' ? result.data : [];
  }

  /** Puts into the field what was written for messages that went before it was saved. */
  rescueEdits(): void {
    if (!this.begun || !this.summary) return;
    for (const text of this.begun.edits.orphans(this.summary.queue)) {
      this.draft.putBack(text);
      this.refused({
        code: 'failed',
        message: 'The message went before your change of it was saved.',
        hint: 'Your words are in the field below: send them, or take them away.',
        detail: null,
      });
      this.#view.cameBack();
    }
  }

  async #tell(call: Promise<Answered<unknown>>): Promise<boolean> {
    const result = await call;
    this.refused(result.status === 'error' ? result.error : null);
    return result.status === 'ok';
  }
}
