// What the person has typed and not sent yet, kept per workspace so that nothing typed is lost.
import type { AgentId, Backend, CommandError, SessionId, WorkspaceId } from '../../backend/backend';
import { recall, remember } from '../../design/remembered.svelte';

/** The draft of a workspace's next message, and sending it. */
export class Draft {
  /** Whether a message is on its way to the core. */
  sending = $state(false);
  /** Why the last one was not taken; its text is still here. */
  error = $state.raw<CommandError | null>(null);
  #text = $state('');
  readonly #backend: Backend;
  readonly #workspace: WorkspaceId;

  constructor(backend: Backend, workspace: WorkspaceId) {
    this.#backend = backend;
    this.#workspace = workspace;
    this.#text = recall(`draft:${workspace}`) ?? '';
  }

  get text(): string {
    return this.#text;
  }

  set text(next: string) {
    this.#text = next;
    remember(`draft:${this.#workspace}`, next || null);
  }

  /** Puts a text back before what is typed. */
  putBack(text: string): void {
    this.text = this.text ? `${text}\n\n${this.text}` : text;
  }

  /** Sends it; answers the session, or null when there was nothing to send or it was refused. */
  async send(session: SessionId | null, agent: AgentId | null): Promise<SessionId | null> {
    const text = this.text;
    if (this.sending || text.trim() === '') return null;
    this.sending = true;
    const result = await this.#backend.sendMessage(this.#workspace, session, agent, text, [], 'queue', {});
    this.sending = false;
    if (result.status === 'error') {
      this.error = result.error;
      return null;
    }
    this.error = null;
    // What was typed while it was on its way stays.
    if (this.text.startsWith(text)) this.text = this.text.slice(text.length).trimStart();
    return result.data;
  }
}
