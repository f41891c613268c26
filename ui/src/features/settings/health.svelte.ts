// One look at an agent: whether it starts, which version answers, and how to sign in.
import { Attempt } from '../../backend/attempt.svelte';
import type { AgentHealth, AgentId, Backend, SignIn, TerminalId } from '../../backend/backend';

/** The health of one agent, asked for by the person. */
export class Checkup {
  health = $state.raw<AgentHealth | null>(null);
  /** Starting it to see. */
  readonly looking = new Attempt();
  /** Signing in; may take as long as the person takes in their browser. */
  readonly signing = new Attempt();
  /** Which way to sign in is under way or failed. */
  method = $state<string | null>(null);
  readonly #backend: Backend;
  readonly #agent: AgentId;
  #givenUp = false;

  constructor(backend: Backend, agent: AgentId) {
    this.#backend = backend;
    this.#agent = agent;
  }

  /** Starts the agent and asks it. */
  async look(): Promise<void> {
    const looked = await this.looking.run(() => this.#backend.examineAgent(this.#agent));
    if (looked) this.health = looked.data;
  }

  /** Signs in by a method that the agent carries out itself, and looks again. */
  async signIn(method: SignIn): Promise<void> {
    this.method = method.id;
    this.#givenUp = false;
    const signed = await this.signing.run(() => this.#backend.signIn(this.#agent, method.id));
    if (signed) await this.look();
    else if (this.#givenUp) this.signing.dismiss();
  }

  /** Gives up waiting for the sign-in; that is no failure to tell. */
  async cancel(): Promise<void> {
    this.#givenUp = true;
    await this.#backend.cancelSignIn(this.#agent);
  }

  /** Starts the sign-in in a terminal; answers which. */
  async terminal(method: SignIn): Promise<TerminalId | null> {
    this.method = method.id;
    const opened = await this.signing.run(() => this.#backend.signInTerminal(this.#agent, method.id));
    return opened?.data ?? null;
  }
}
