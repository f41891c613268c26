// One open conversation: entries in order, streamed text joined once per frame, and what is live about the session.
// Nothing is missed or shown twice: updates are numbered, and on a gap the conversation is opened anew.
import type {
  Backend,
  CommandError,
  ConversationUpdate,
  Entry,
  EntryId,
  Offers,
  SessionId,
  SessionSummary,
  TranscriptChange,
} from '../../backend/backend';

/** One entry; a change redraws it alone. */
export class EntryCell {
  /** The entry as it is shown. */
  entry = $state.raw<Entry>() as Entry;
  #waiting = '';

  constructor(entry: Entry) {
    this.entry = entry;
  }

  /** The new whole of it; text that waits is contained already. */
  put(entry: Entry): void {
    this.#waiting = '';
    this.entry = entry;
  }

  /** More text, shown with the next `join`. */
  append(text: string): void {
    this.#waiting += text;
  }

  /** How many characters it shows, for an answer or a thought. */
  get length(): number {
    const body = this.entry.body;
    return body.kind === 'answer' || body.kind === 'thought' ? body.text.length : 0;
  }

  /** Shows the text that waited. */
  join(): void {
    const text = this.#waiting;
    const body = this.entry.body;
    this.#waiting = '';
    if (text && (body.kind === 'answer' || body.kind === 'thought'))
      this.entry = { ...this.entry, body: { ...body, text: body.text + text } };
  }
}

/** From this many characters on an entry is drawn a few times a second: drawing it takes longer than a frame. */
const flood = 100_000;

/** How many entries stay when the newest are shown and the list grew long. */
const kept = 400;

/** A conversation from open to leave. */
export class OpenConversation {
  /** The entries that are loaded, oldest first. */
  cells = $state.raw<EntryCell[]>([]);
  /** Whether older ones can be fetched. */
  more = $state(false);
  /** State, queue and requests. */
  session = $state.raw<SessionSummary | null>(null);
  /** What the agent offers to choose from. */
  offers = $state.raw<Offers>({ commands: [], options: [], images: null });
  /** Why it could not be opened or continued. */
  error = $state.raw<CommandError | null>(null);
  /** Whether older entries are on their way. */
  fetching = $state(false);

  readonly id: SessionId;
  readonly #backend: Backend;
  readonly #frame: (run: () => void) => void;
  readonly #byId = new Map<EntryId, EntryCell>();
  readonly #growing = new Set<EntryCell>();
  #opening = 0;
  #revision = 0;
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
    this.#byId.clear();
    this.#growing.clear();
    this.cells = opened.entries.map((entry) => this.#cell(entry));
    this.more = opened.more;
    this.session = opened.session;
    this.offers = opened.offers;
    this.#revision = opened.revision;
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

  /** Fetches the entries before the oldest one; answers whether some came. */
  async older(): Promise<boolean> {
    const first = this.cells[0]?.entry;
    if (!first || !this.more || this.fetching) return false;
    this.fetching = true;
    const mine = this.#opening;
    const result = await this.#backend.olderEntries(this.id, first.ordinal);
    this.fetching = false;
    if (mine !== this.#opening) return false;
    if (result.status === 'error') {
      this.error = result.error;
      return false;
    }
    const fresh = result.data.filter((entry) => !this.#byId.has(entry.id));
    this.cells = [...fresh.map((entry) => this.#cell(entry)), ...this.cells];
    this.more = (this.cells[0]?.entry.ordinal ?? 0) > 0 && result.data.length > 0;
    return fresh.length > 0;
  }

  /** Lets go of the oldest entries of a long list; for when its end is shown. */
  trim(): void {
    if (this.cells.length <= kept * 1.5) return;
    const cut = this.cells.length - kept;
    for (const cell of this.cells.slice(0, cut)) this.#byId.delete(cell.entry.id);
    this.cells = this.cells.slice(cut);
    this.more = true;
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
    const fresh: EntryCell[] = [];
    for (const change of update.changes) this.#apply(change, fresh);
    if (fresh.length) this.cells = inOrder([...this.cells, ...fresh]);
  }

  #apply(change: TranscriptChange, fresh: EntryCell[]): void {
    if (change.kind === 'put') {
      const known = this.#byId.get(change.entry.id);
      if (known) known.put(change.entry);
      // What changed before the oldest loaded entry is fetched when the person scrolls there.
      else if (!this.more || change.entry.ordinal > (this.cells[0]?.entry.ordinal ?? -1))
        fresh.push(this.#cell(change.entry));
      return;
    }
    const cell = this.#byId.get(change.entry);
    if (!cell) return;
    cell.append(change.text);
    if (this.#growing.size === 0) this.#soon(cell, () => this.#join());
    this.#growing.add(cell);
  }

  #soon(cell: EntryCell, run: () => void): void {
    if (cell.length < flood) this.#frame(run);
    else setTimeout(run, 200);
  }

  #join(): void {
    for (const cell of this.#growing) cell.join();
    this.#growing.clear();
  }

  #cell(entry: Entry): EntryCell {
    const cell = new EntryCell(entry);
    this.#byId.set(entry.id, cell);
    return cell;
  }
}

function inOrder(cells: EntryCell[]): EntryCell[] {
  for (let at = 1; at < cells.length; at++) {
    const [before, after] = [cells[at - 1], cells[at]];
    if (before && after && before.entry.ordinal > after.entry.ordinal)
      return cells.sort((a, b) => a.entry.ordinal - b.entry.ordinal);
  }
  return cells;
}
