// Answering from wherever a request is seen. An answer is given once: what was given stays given until the core takes
// the request off its card.
import { SvelteMap } from 'svelte/reactivity';
import { createContext } from 'svelte';
import type { Backend, Card, CommandError, Pending, RequestId, SessionId } from './backend';

/** Something that waits, and whose conversation asks it. */
export interface Waiting {
  session: SessionId;
  pending: Pending;
}

/** What waits on a card, oldest first. */
export function waitingOn(card: Card): Waiting[] {
  return card.sessions
    .flatMap((session) => session.pending.map((pending) => ({ session: session.id, pending })))
    .sort((a, b) => a.pending.since - b.pending.since);
}

/** What a request is about, as far as a yes or a no answers it: its command, its files as the worktree has them. */
export function aboutOf(card: Card, { quick }: Pending): string[] {
  if (!quick) return [];
  const root = `${card.workspace.path}/`;
  const paths = quick.paths.map((path) => (path.startsWith(root) ? path.slice(root.length) : path));
  return quick.command === null ? paths : [quick.command];
}

/** Where an answer is: not given, on its way or taken, or refused by the core. */
type Given = { kind: 'given' } | { kind: 'refused'; error: CommandError };

/** So many answers are remembered: far more than can wait at once. */
const kept = 1000;

/** The answers that were given outside of conversations. */
export class Answers {
  readonly #given = new SvelteMap<RequestId, Given>();
  readonly #backend: Backend;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /** Whether it was answered here and is only still shown. */
  isGiven(request: RequestId): boolean {
    return this.#given.get(request)?.kind === 'given';
  }

  /** Why the answer was not taken. */
  error(request: RequestId): CommandError | null {
    const given = this.#given.get(request);
    return given?.kind === 'refused' ? given.error : null;
  }

  /** Allows or refuses what waits, this once; nothing happens where it has to be opened, or was answered already. */
  async give({ session, pending }: Waiting, verdict: 'allow' | 'deny'): Promise<void> {
    if (!pending.quick || this.isGiven(pending.id)) return;
    this.#given.set(pending.id, { kind: 'given' });
    const [oldest] = this.#given.keys();
    if (this.#given.size > kept && oldest !== undefined) this.#given.delete(oldest);
    const answer = { kind: 'option', id: pending.quick[verdict] } as const;
    const result = await this.#backend.answerRequest(session, pending.id, answer, null);
    if (result.status === 'error') this.#given.set(pending.id, { kind: 'refused', error: result.error });
  }

  /** Takes the error away. */
  dismiss(request: RequestId): void {
    if (this.error(request)) this.#given.delete(request);
  }
}

/** How a view answers. */
export const [useAnswers, provideAnswers] = createContext<Answers>();
