// Keeps a scrolled list at its end while it grows, until the person scrolls up. Web views differ in anchoring, so it is
// switched off and done here; sizes that become known later move the end, too, and are told from the person's scrolling.
import type { Attachment } from 'svelte/attachments';

/** How near to the end counts as the end, in pixels. */
const near = 24;

/** How long a key, a turn of the wheel or a change of size explains a scroll, in milliseconds. */
const patience = 400;

/** Keys that scroll. */
const keys = new Set(['PageUp', 'PageDown', 'Home', 'End', 'ArrowUp', 'ArrowDown', ' ']);

/** Holds the end of a list over changes of its content. */
export class Stick {
  #container: HTMLElement | null = null;
  #top = 0;
  #height = 0;
  #room = 0;
  #end = true;
  #touched = Number.NEGATIVE_INFINITY;
  #resized = Number.NEGATIVE_INFINITY;
  #held = false;
  readonly #changed: (end: boolean) => void;

  /** `changed` hears whether the end is shown. */
  constructor(changed: (end: boolean) => void) {
    this.#changed = changed;
  }

  /** For the element that scrolls; its only child is the content. */
  readonly attach: Attachment<HTMLElement> = (container) => {
    this.#container = container;
    const watch = new ResizeObserver(() => {
      this.#resized = performance.now();
      if (this.#end) this.#showEnd(container);
    });
    watch.observe(container);
    if (container.firstElementChild) watch.observe(container.firstElementChild);
    const touched = () => (this.#touched = performance.now());
    const pressed = (event: KeyboardEvent) => keys.has(event.key) && touched();
    // On the scroll bar; what is clicked in the list is no wish to scroll. Selecting over the edge is.
    const held = (event: Event) => (this.#held = event.target === container);
    const dragged = (event: PointerEvent) => event.buttons !== 0 && touched();
    const released = () => {
      if (this.#held) touched();
      this.#held = false;
    };
    const scrolled = () => this.#scrolled(container);
    const passive = { passive: true };
    container.addEventListener('scroll', scrolled, passive);
    container.addEventListener('wheel', touched, passive);
    container.addEventListener('touchmove', touched, passive);
    container.addEventListener('keydown', pressed);
    container.addEventListener('pointerdown', held);
    container.addEventListener('pointermove', dragged, passive);
    window.addEventListener('pointerup', released);
    return () => {
      watch.disconnect();
      container.removeEventListener('scroll', scrolled);
      container.removeEventListener('wheel', touched);
      container.removeEventListener('touchmove', touched);
      container.removeEventListener('keydown', pressed);
      container.removeEventListener('pointerdown', held);
      container.removeEventListener('pointermove', dragged);
      window.removeEventListener('pointerup', released);
      this.#container = null;
    };
  };

  /** Shows the end and stays there. */
  toEnd(): void {
    this.#set(true);
    if (this.#container) this.#showEnd(this.#container);
  }

  /** Lets go of the end: something else is to be shown. Where all of it is on the screen there is nothing to let go. */
  letGo(): void {
    const container = this.#container;
    if (container && container.scrollHeight - container.clientHeight > near) this.#set(false);
  }

  #showEnd(container: HTMLElement): void {
    container.scrollTop = container.scrollHeight;
    this.#remember(container);
  }

  #remember({ scrollTop, scrollHeight, clientHeight }: HTMLElement): void {
    this.#top = scrollTop;
    this.#height = scrollHeight;
    this.#room = clientHeight;
  }

  #scrolled(container: HTMLElement): void {
    const { scrollTop, scrollHeight, clientHeight } = container;
    const person = this.#held || performance.now() - this.#touched < patience;
    // A change of the content or of the room for it moves things as well, also one that is undone before it is told of: a
    // part that is measured anew is small for a moment. Only a scroll without one, or one by hand, leaves the end.
    const settled = performance.now() - this.#resized > patience;
    const same = settled && scrollHeight === this.#height && clientHeight === this.#room;
    if (scrollHeight - scrollTop - clientHeight <= near) this.#set(true);
    else if (scrollTop < this.#top && (person || same)) this.#set(false);
    if (this.#end && !person) this.#showEnd(container);
    else this.#remember(container);
  }

  #set(end: boolean): void {
    if (this.#end === end) return;
    this.#end = end;
    this.#changed(end);
  }
}
