// One entry of an open conversation: a change redraws it alone, and what is unfolded stays so when it leaves the screen.
import type { Entry } from '../../backend/backend';
import { GrowingMarkdown } from './markdown';

/** One entry; streamed text waits in it for the next frame. */
export class EntryCell {
  /** The entry as it is shown. */
  entry = $state.raw<Entry>() as Entry;
  /** Whether the person unfolded or folded it; null where nothing was chosen. */
  open = $state<boolean | null>(null);
  /** Its Markdown as far as it was read. */
  readonly markdown = new GrowingMarkdown();
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

  /** Shows the text that waited. */
  join(): void {
    const text = this.#waiting;
    const body = this.entry.body;
    this.#waiting = '';
    if (text && (body.kind === 'answer' || body.kind === 'thought'))
      this.entry = { ...this.entry, updatedAt: Date.now(), body: { ...body, text: body.text + text } };
  }
}
