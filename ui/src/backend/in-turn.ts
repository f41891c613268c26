// Calls about one thing, one after the other: the core runs commands side by side, so that two calls may
// overtake each other. A late "leave" would otherwise end what was opened again meanwhile.

/** Keeps the order of calls that share a key. */
export class InTurn {
  readonly #last = new Map<string, Promise<unknown>>();

  /** Makes the call once all earlier ones with this key are answered, whatever they answered. */
  run<T>(key: string, call: () => Promise<T>): Promise<T> {
    const before = this.#last.get(key) ?? Promise.resolve();
    const mine = before.then(call, call);
    this.#last.set(key, mine);
    const forget = () => {
      if (this.#last.get(key) === mine) this.#last.delete(key);
    };
    mine.then(forget, forget);
    return mine;
  }
}
