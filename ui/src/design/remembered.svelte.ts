// Small facts about the window (a width, a draft, a fold) kept in the web view's storage, where losing them costs nothing
// but comfort.

/** What was kept under this key, or the fallback where it is missing or unreadable. */
export function recall(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

/** Keeps a text; null forgets it. */
export function remember(key: string, text: string | null): void {
  try {
    if (text === null) localStorage.removeItem(key);
    else localStorage.setItem(key, text);
  } catch {
    // A full or forbidden storage costs comfort only.
  }
}

/** The keys that begin so and under which something is kept; none where the storage can't be read. */
export function rememberedKeys(beginning: string): string[] {
  try {
    const keys = Array.from({ length: localStorage.length }, (_, at) => localStorage.key(at) ?? '');
    return keys.filter((key) => key.startsWith(beginning));
  } catch {
    return [];
  }
}

/** A number that survives a reload. */
export class RememberedNumber {
  readonly #key: string;
  #value = $state(0);

  constructor(key: string, fallback: number) {
    this.#key = key;
    const kept = Number(recall(key) ?? Number.NaN);
    this.#value = Number.isFinite(kept) ? kept : fallback;
  }

  get value(): number {
    return this.#value;
  }

  set value(next: number) {
    this.#value = next;
    remember(this.#key, String(next));
  }
}
