// Finding in one conversation: the core knows every entry that matches, also those that are not loaded.
import type { Answered, Backend, CommandError, SessionId } from '../../backend/backend';

/** Words of a query as they are marked in the text. */
export function wordsOf(query: string): string[] {
  return query.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}

/** The bar's state: what is looked for, where it was found, which hit is shown. */
export class Find {
  /** Whether the bar is open. */
  open = $state(false);
  /** Ordinals of the entries that match, ascending. */
  hits = $state.raw<number[]>([]);
  /** Which of them is shown, from 0; -1 for none. */
  at = $state(-1);
  /** Why it could not be looked for. */
  error = $state.raw<CommandError | null>(null);
  #query = $state('');
  #asked = 0;
  readonly #ask: (text: string) => Promise<Answered<number[]>>;
  readonly #show: (ordinal: number) => void;
  readonly #near: () => number;

  /** `show` jumps to an entry; `near` is the last entry on the screen, where looking begins. */
  constructor(backend: Backend, session: SessionId, show: (ordinal: number) => void, near: () => number) {
    this.#ask = (text) => backend.findInSession(session, text);
    this.#show = show;
    this.#near = near;
  }

  get query(): string {
    return this.#query;
  }

  /** The words to mark; none while the bar is closed. */
  readonly words = $derived.by(() => (this.open ? wordsOf(this.#query) : []));

  /** Looks for another text; the newest question wins. */
  async look(query: string): Promise<void> {
    this.#query = query;
    const mine = ++this.#asked;
    if (wordsOf(query).length === 0) {
      this.#found([]);
      return;
    }
    const result = await this.#ask(query);
    if (mine !== this.#asked) return;
    this.error = result.status === 'error' ? result.error : null;
    this.#found(result.status === 'ok' ? result.data : []);
    if (this.at >= 0) this.#go(this.at);
  }

  /** The next hit, towards the newest; after the last comes the first. */
  next(): void {
    if (this.hits.length) this.#go((this.at + 1) % this.hits.length);
  }

  /** The hit before. */
  before(): void {
    if (this.hits.length) this.#go((this.at - 1 + this.hits.length) % this.hits.length);
  }

  /** Closes the bar; the query stays for the next time. */
  close(): void {
    this.open = false;
  }

  #found(hits: number[]): void {
    const near = this.#near();
    this.hits = hits;
    this.at = hits.length
      ? Math.max(
          0,
          hits.findLastIndex((hit) => hit <= near),
        )
      : -1;
  }

  #go(at: number): void {
    this.at = at;
    const hit = this.hits[at];
    if (hit !== undefined) this.#show(hit);
  }
}
