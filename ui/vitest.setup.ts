// What the tests' DOM lacks and every web view has.
Element.prototype.animate ??= () => ({ cancel() {}, finished: Promise.resolve() }) as unknown as Animation;
Element.prototype.scrollIntoView ??= () => {};
window.matchMedia ??= (query: string) =>
  ({ matches: false, media: query, addEventListener() {}, removeEventListener() {} }) as unknown as MediaQueryList;
// A view of a size, so that lists which mount only what is on the screen mount something.
globalThis.ResizeObserver ??= class {
  readonly #resized: ResizeObserverCallback;
  constructor(resized: ResizeObserverCallback) {
    this.#resized = resized;
  }
  observe(target: Element) {
    const entry = { target, contentRect: { width: 1000, height: 800 } } as unknown as ResizeObserverEntry;
    queueMicrotask(() => this.#resized([entry], this));
  }
  unobserve() {}
  disconnect() {}
};
