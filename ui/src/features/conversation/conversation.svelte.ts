// One open conversation: its entries, streamed text joined once per frame, and what is live about the session.
// Nothing is missed or shown twice: updates are numbered, and on a gap the conversation is opened anew.
import type {
  Backend,
  CommandError,
  ConversationUpdate,
  Offers,
  SessionId,
  SessionSummary,
} from '../../backend/backend';
import type { EntryCell } from './cell.svelte';
import { Pages } from './pages.svelte';

/** Where drawing what streamed in took longer than this, in milliseconds, the next one waits as long again: half of the
 *  time stays for everything else. */
const slow = 30;

/** A conversation from open to leave. */
export class OpenConversation {
  /** State, queue and requests. */
  session = $state.raw<SessionSummary | null>(null);
  /** What the agent offers to choose from. */
  offers = $state.raw<Offers>({ commands: [], options: [], images: null });
  /** Why it could not be opened or continued. */
  error = $state.raw<CommandError | null>(null);
  /** Whether it was opened once. */
  opened = $state(false);
  /** Its entries. */
  readonly pages: Pages;

  readonly id: SessionId;
  readonly #backend: Backend;
  readonly #frame: (run: () => void) => void;
  readonly #growing = new Set<EntryCell>();
  #opening = 0;
  #revision = 0;
  /** From the last text that was joined until the next frame, in milliseconds. */
  #drawing = 0;
  #early: ConversationUpdate[] | null = [];
  #left = false;

  /** `frame` runs a function before the next paint. */
  constructor(
    backend: Backend,
    id: SessionId,
    frame: (run: () => void) => void = (run) => void requestAnimationFrame(run),
  ) {
    this.#backend = backend;
    this.id = id;
    this.#frame = frame;
    this.pages = new Pages((before) => this.#older(before));
  }

  /** Opens it, anew if it was open. */
  async open(): Promise<void> {
    const mine = ++this.#opening;
    this.#early = [];
    const result = await this.#backend.openConversation(this.id, (update) => {
      if (mine !== this.#opening) return;
      if (this.#early) this.#early.push(update);
      else this.#take(update);
    });
    if (mine !== this.#opening || this.#left) return;
    if (result.status === 'error') {
      this.error = result.error;
      return;
    }
    const opened = result.data;
    this.error = null;
    this.#growing.clear();
    this.pages.reset(opened.entries);
    this.session = opened.session;
    this.offers = opened.offers;
    this.#revision = opened.revision;
    this.opened = true;
    const early = this.#early ?? [];
    this.#early = null;
    for (const update of early) if (mine === this.#opening) this.#take(update);
  }

  /** Stops the updates. */
  leave(): void {
    if (this.#left) return;
    this.#left = true;
    this.#opening++;
    void this.#backend.leaveConversation(this.id);
  }

  /** The newest message of the person among the entries that are here. */
  lastPrompt(): string | null {
    for (const { entry } of this.pages.here().reverse())
      if (entry.body.kind === 'prompt' && entry.body.author !== 'app') return entry.body.text;
    return null;
  }

  async #older(before: number) {
    const result = await this.#backend.olderEntries(this.id, before);
    if (result.status === 'ok') return result.data;
    this.error = result.error;
    return null;
  }

  #take(update: ConversationUpdate): void {
    if (update.kind === 'session') {
      this.session = update.session;
      return;
    }
    if (update.kind === 'offers') {
      this.offers = update.offers;
      return;
    }
    if (update.revision <= this.#revision) return;
    if (update.revision > this.#revision + 1) {
      void this.open();
      return;
    }
    this.#revision = update.revision;
    for (const change of update.changes) {
      const grew = this.pages.take(change);
      if (grew) this.#grow(grew);
    }
  }

  #grow(cell: EntryCell): void {
    if (this.#growing.size === 0) this.#soon(() => this.#join());
    this.#growing.add(cell);
  }

  #soon(run: () => void): void {
    if (this.#drawing < slow) this.#frame(run);
    else setTimeout(() => this.#frame(run), Math.min(this.#drawing, 1000));
  }

  #join(): void {
    const began = performance.now();
    for (const cell of this.#growing) cell.join();
    this.#growing.clear();
    this.#frame(() => (this.#drawing = performance.now() - began));
  }
}
