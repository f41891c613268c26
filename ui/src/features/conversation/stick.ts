// Keeps a scrolled list at its end while it grows, until the person scrolls up. Web views differ in anchoring, so it is
// switched off and done here.
import type { Attachment } from 'svelte/attachments';

/** How near to the end counts as the end, in pixels. */
const near = 24;

/** Holds a scroll position over changes of the content. */
export class Stick {
  #container: HTMLElement | null = null;
  #last = 0;
  #end = true;
  readonly #changed: (end: boolean) => void;
  readonly #grew: () => void;

  /** `changed` hears whether the end is shown; `grew` hears of every growth that kept it shown. */
  constructor(changed: (end: boolean) => void, grew: () => void = () => {}) {
    this.#changed = changed;
    this.#grew = grew;
  }

  /** For the element that scrolls; its only child is the content. */
  readonly attach: Attachment<HTMLElement> = (container) => {
    this.#container = container;
    const watch = new ResizeObserver(() => {
      if (!this.#end) return;
      container.scrollTop = container.scrollHeight;
      this.#grew();
    });
    watch.observe(container);
    if (container.firstElementChild) watch.observe(container.firstElementChild);
    const scrolled = () => this.#scrolled(container);
    container.addEventListener('scroll', scrolled, { passive: true });
    return () => {
      watch.disconnect();
      container.removeEventListener('scroll', scrolled);
      this.#container = null;
    };
  };

  /** Shows the end and stays there. */
  toEnd(): void {
    this.#set(true);
    if (this.#container) this.#container.scrollTop = this.#container.scrollHeight;
  }

  /** Runs a change that adds content before what is shown, and keeps what is shown in place. */
  async keepPlace(change: () => Promise<unknown>): Promise<void> {
    const container = this.#container;
    if (!container) return;
    const fromEnd = container.scrollHeight - container.scrollTop;
    await change();
    container.scrollTop = container.scrollHeight - fromEnd;
    this.#last = container.scrollTop;
  }

  #scrolled(container: HTMLElement): void {
    const { scrollTop, scrollHeight, clientHeight } = container;
    // Growth alone also moves the end away; only the person scrolls up.
    if (scrollHeight - scrollTop - clientHeight <= near) this.#set(true);
    else if (scrollTop < this.#last) this.#set(false);
    this.#last = scrollTop;
  }

  #set(end: boolean): void {
    if (this.#end === end) return;
    this.#end = end;
    this.#changed(end);
  }
}
