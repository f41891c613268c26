// From keys to actions: single keys, keys with Mod, and two in a row ("g b").
import { pressed, typing } from '../design/shortcut';

/** How long the second of two keys may take, in milliseconds. */
const patience = 1000;

/** Finds what a key press means; keys that belong to a text field are left to it. */
export class Keymap {
  #first: { key: string; at: number } | null = null;

  /** The id of the action, or null. `known` maps shortcuts to ids. */
  find(event: KeyboardEvent, known: ReadonlyMap<string, string>): string | null {
    if (event.defaultPrevented || event.isComposing) return null;
    const key = pressed(event);
    const first = this.#first;
    this.#first = null;
    if (typing(event) && !/^(Mod\+|Alt\+Arrow|F\d+$)/.test(key)) return null;
    if (first && event.timeStamp - first.at < patience) {
      const both = known.get(`${first.key} ${key}`);
      if (both !== undefined) return both;
    }
    const one = known.get(key);
    if (one !== undefined) return one;
    const begins = [...known.keys()].some((shortcut) => shortcut.startsWith(`${key} `));
    if (begins) this.#first = { key, at: event.timeStamp };
    return null;
  }
}
