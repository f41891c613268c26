// Moves whole things once from where they were to where they are (FLIP); keys are in `data-glide`.

/** Remembers places before a change and plays the way to the new ones after it. */
export class Glide {
  #places = new Map<string, DOMRect>();

  /** Where everything is now: call before the document changes. */
  remember(container: HTMLElement | undefined): void {
    this.#places.clear();
    for (const thing of things(container))
      this.#places.set(thing.dataset['glide'] ?? '', thing.getBoundingClientRect());
  }

  /** Plays the moves: call after the document changed. */
  play(container: HTMLElement | undefined, millis = 180): void {
    if (matchMedia('(prefers-reduced-motion: reduce)').matches) return;
    const moves = things(container).flatMap((thing) => {
      const before = this.#places.get(thing.dataset['glide'] ?? '');
      if (!before) return [];
      const after = thing.getBoundingClientRect();
      const x = before.left - after.left;
      const y = before.top - after.top;
      return x || y ? [{ thing, x, y }] : [];
    });
    for (const { thing, x, y } of moves)
      thing.animate([{ transform: `translate(${x}px, ${y}px)` }, { transform: 'none' }], {
        duration: millis,
        easing: 'cubic-bezier(.2, 0, 0, 1)',
      });
  }
}

function things(container: HTMLElement | undefined): HTMLElement[] {
  return container ? [...container.querySelectorAll<HTMLElement>('[data-glide]')] : [];
}
