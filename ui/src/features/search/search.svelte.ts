// What the person looks for in all conversations: asked as they type, the newest question wins, hits stay until others come.
import type { Backend, CommandError, Cursor, ProjectId, SearchHit, SearchKind } from '../../backend/backend';

/** Typing rests this long before it is asked, in milliseconds. */
const rest = 120;
/** Under this nothing is said about waiting, in milliseconds. */
const silence = 150;
/** How often it is asked again while older entries are still being read, in milliseconds. */
const again = 2000;

/** The hits of one conversation, newest first. */
export interface Found {
  session: string;
  title: string;
  workspaceName: string;
  project: ProjectId;
  archived: boolean;
  hits: SearchHit[];
}

/** Hits by conversation; a conversation stands where its newest hit stands. */
export function bySession(hits: SearchHit[]): Found[] {
  const groups = new Map<string, Found>();
  for (const found of hits) {
    const { session, sessionTitle } = found.hit;
    const known = groups.get(session);
    if (known) known.hits.push(found);
    else {
      const { workspaceName, project, archived } = found;
      groups.set(session, { session, title: sessionTitle, workspaceName, project, archived, hits: [found] });
    }
  }
  return [...groups.values()];
}

/** A search with its answer. It outlives its page, so that coming back shows what was there. */
export class Finder {
  text = $state('');
  /** Only entries of this kind; null for all. */
  kind = $state<SearchKind | null>(null);
  groups = $state.raw<Found[]>([]);
  /** The hits in the order they are shown. */
  readonly shown = $derived(this.groups.flatMap((group) => group.hits));
  /** Which of them the keys are on. */
  at = $state(0);
  readonly current = $derived(this.shown[Math.min(this.at, this.shown.length - 1)]);
  /** Whether the answer to what is typed is there, and nothing was found. */
  nothing = $state(false);
  /** Whether an answer takes longer than silence covers. */
  waiting = $state(false);
  /** How many entries could not be looked at yet. */
  unread = $state(0);
  error = $state.raw<CommandError | null>(null);
  /** Where older hits begin. */
  next = $state<Cursor | null>(null);

  #hits: SearchHit[] = [];
  #asked = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #backend: Backend;
  readonly #project: () => ProjectId | null;

  /** `project` answers the project to search in, null for all. */
  constructor(backend: Backend, project: () => ProjectId | null) {
    this.#backend = backend;
    this.#project = project;
  }

  /** The person typed. */
  type(text: string): void {
    this.text = text;
    this.#soon(rest);
  }

  /** Only entries of this kind from now on. */
  choose(kind: SearchKind | null): void {
    this.kind = kind;
    void this.ask();
  }

  /** Asks for what is typed, now. */
  async ask(): Promise<void> {
    clearTimeout(this.#timer);
    if (!this.text.trim()) {
      this.#asked++;
      this.#take([], null, 0);
      this.nothing = false;
      this.waiting = false;
      this.error = null;
      return;
    }
    await this.#request(null);
  }

  /** Asks for older hits. */
  async more(): Promise<void> {
    if (this.next !== null) await this.#request(this.next);
  }

  /** Goes to the hit after or before; at the end older ones are fetched. */
  step(by: 1 | -1): void {
    const last = this.shown.length - 1;
    const at = Math.min(this.at, last) + by;
    if (at > last) void this.more();
    this.at = Math.max(0, Math.min(at, last));
  }

  /** The page is left: nothing is asked any more until it is shown again. */
  leave(): void {
    clearTimeout(this.#timer);
    this.#asked++;
    this.waiting = false;
  }

  #soon(delay: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.ask(), delay);
  }

  async #request(after: Cursor | null): Promise<void> {
    const number = ++this.#asked;
    const slow = setTimeout(() => (this.waiting = number === this.#asked), silence);
    const kinds = this.kind === null ? [] : [this.kind];
    const request = { text: this.text, project: this.#project(), workspace: null, kinds, after };
    const result = await this.#backend.searchTranscripts(request);
    clearTimeout(slow);
    if (number !== this.#asked) return;
    this.waiting = false;
    this.error = result.status === 'error' ? result.error : null;
    if (result.status === 'error') return;
    const { hits, next, unread } = result.data;
    this.#take(after === null ? hits : [...this.#hits, ...hits], next, unread);
    if (after === null && unread > 0) this.#soon(again);
  }

  #take(hits: SearchHit[], next: Cursor | null, unread: number): void {
    const before = this.current?.hit.entry;
    this.#hits = hits;
    this.groups = bySession(hits);
    this.next = next;
    this.unread = unread;
    this.nothing = hits.length === 0;
    this.at = Math.max(
      0,
      this.shown.findIndex((found) => found.hit.entry === before),
    );
  }
}
