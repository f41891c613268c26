// Finding an action by a few letters.

/** One thing the palette offers. */
export interface PaletteAction {
  id: string;
  title: string;
  group: string;
  shortcut?: string;
  /** A second shortcut that does the same. */
  also?: string;
  run: () => void;
}

/** How well words fit a title: higher is better, null is not at all. Beginnings of words count more. */
export function score(query: string, title: string): number | null {
  const text = title.toLowerCase();
  let sum = 0;
  for (const word of query.toLowerCase().split(/\s+/).filter(Boolean)) {
    const at = text.indexOf(word);
    if (at >= 0) {
      sum += at === 0 || /[\s/:_-]/.test(text[at - 1] ?? '') ? 3 : 2;
      continue;
    }
    let from = 0;
    for (const letter of word) {
      from = text.indexOf(letter, from) + 1;
      if (from === 0) return null;
    }
    sum += 1;
  }
  return sum;
}

/** The actions that fit, best first; in their own order where nothing was typed. */
export function found(query: string, actions: PaletteAction[]): PaletteAction[] {
  return actions
    .flatMap((action) => {
      const fit = score(query, `${action.group} ${action.title}`);
      return fit === null ? [] : [{ action, fit }];
    })
    .sort((a, b) => b.fit - a.fit)
    .map(({ action }) => action);
}
