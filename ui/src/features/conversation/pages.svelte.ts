// The window on a transcript: every ordinal has its place, and only entries near those places are kept. What is not here
// is fetched by pages; what changed while its page was on the way is never shown older than it is.
import { SvelteMap } from 'svelte/reactivity';
import type { Entry, EntryId, RequestId, TranscriptChange } from '../../backend/backend';
import { EntryCell } from './cell.svelte';

/** How many entries a page has; as many as the core answers at a time. */
export const page = 200;

/** Pages kept on either side of what is shown. */
const around = 3;

/** Fetches up to a page of entries before an ordinal; null when that failed. */
export type FetchBefore = (before: number) => Promise<Entry[] | null>;

/** The entries that are here, by ordinal. */
export class Pages {
  /** How many entries the transcript has. */
  total = $state(0);
  readonly #fetch: FetchBefore;
  readonly #cells = new SvelteMap<number, EntryCell>();
  readonly #byId = new Map<EntryId, EntryCell>();
  readonly #requests = new SvelteMap<RequestId, number>();
  readonly #coming = new Map<number, Promise<boolean>>();
  /** What changed of entries that are not here, while pages are on their way. */
  #missed = new Map<EntryId, Entry | null>();
  #life = 0;

  constructor(fetch: FetchBefore) {
    this.#fetch = fetch;
  }

  /** The entry at this place, if it is here; reading it in a template keeps that up to date. */
  at(ordinal: number): EntryCell | undefined {
    return this.#cells.get(ordinal);
  }

  /** The entry with this id, if it is here. */
  byId(id: EntryId): EntryCell | undefined {
    return this.#byId.get(id);
  }

  /** The place of what was asked, if it is here. */
  requestAt(id: RequestId): number | undefined {
    return this.#requests.get(id);
  }

  /** All entries that are here, oldest first. */
  here(): EntryCell[] {
    return [...this.#cells.values()].sort((a, b) => a.entry.ordinal - b.entry.ordinal);
  }

  /** Begins anew with the newest entries. */
  reset(newest: Entry[]): void {
    this.#life++;
    this.#cells.clear();
    this.#byId.clear();
    this.#requests.clear();
    this.#coming.clear();
    this.#missed.clear();
    for (const entry of newest) this.#keep(entry);
    this.total = (newest.at(-1)?.ordinal ?? -1) + 1;
  }

  /** Takes a change; answers the entry that grew, for text to be joined in the next frame. */
  take(change: TranscriptChange): EntryCell | null {
    const id = change.kind === 'put' ? change.entry.id : change.entry;
    const known = this.#byId.get(id);
    if (change.kind === 'append') {
      if (!known && this.#coming.size) this.#missed.set(id, null);
      known?.append(change.text);
      return known ?? null;
    }
    if (known) known.put(change.entry);
    else if (change.entry.ordinal >= this.total) this.#grow(change.entry);
    else if (this.#coming.size) this.#missed.set(id, change.entry);
    return null;
  }

  /** Makes sure that these places are filled, and lets go of what is far away from them. */
  async show(first: number, last: number): Promise<void> {
    const wanted = new Set<number>();
    for (let at = Math.max(0, first); at <= Math.min(last, this.total - 1); at++)
      if (!this.#cells.has(at)) wanted.add(Math.floor(at / page));
    await Promise.all([...wanted].map((number) => this.#load(number)));
    this.#letGo(first, last);
  }

  #grow(entry: Entry): void {
    this.#keep(entry);
    this.total = entry.ordinal + 1;
  }

  #keep(entry: Entry): void {
    const cell = new EntryCell(entry);
    this.#cells.set(entry.ordinal, cell);
    this.#byId.set(entry.id, cell);
    if (entry.body.kind === 'request') this.#requests.set(entry.body.request, entry.ordinal);
  }

  #load(number: number): Promise<boolean> {
    const known = this.#coming.get(number);
    if (known) return known;
    const life = this.#life;
    const coming = this.#bring(number).finally(() => {
      if (life !== this.#life) return;
      this.#coming.delete(number);
      if (this.#coming.size === 0) this.#missed.clear();
    });
    this.#coming.set(number, coming);
    return coming;
  }

  async #bring(number: number): Promise<boolean> {
    const life = this.#life;
    for (;;) {
      const entries = await this.#fetch(Math.min((number + 1) * page, this.total));
      if (entries === null || life !== this.#life) return false;
      // Text was added to one of them meanwhile: whether the answer has it can't be known.
      const stale = entries.filter((entry) => !this.#byId.has(entry.id) && this.#missed.get(entry.id) === null);
      if (stale.length) {
        for (const entry of stale) this.#missed.delete(entry.id);
        continue;
      }
      for (const entry of entries) if (!this.#byId.has(entry.id)) this.#keep(this.#missed.get(entry.id) ?? entry);
      return true;
    }
  }

  #letGo(first: number, last: number): void {
    const from = (Math.floor(first / page) - around) * page;
    const to = (Math.floor(last / page) + around + 1) * page;
    // The end stays: new entries come there, and "newest" goes there.
    const end = this.total - page;
    if (this.#cells.size <= (2 * around + 4) * page) return;
    for (const [ordinal, cell] of this.#cells)
      if (ordinal < end && (ordinal < from || ordinal >= to)) {
        this.#cells.delete(ordinal);
        this.#byId.delete(cell.entry.id);
        if (cell.entry.body.kind === 'request') this.#requests.delete(cell.entry.body.request);
      }
  }
}
