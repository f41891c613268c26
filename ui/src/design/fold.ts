// Which lines of a long output are worth showing at first.

/** The lines to show: those at the beginning, how many are left out, those at the end. */
export interface Folded {
  head: string[];
  hidden: number;
  tail: string[];
}

/** While it grows only the end matters; when it is done, how it began does as well. `lines` is how many are shown. */
export function fold(text: string, lines: number, growing: boolean): Folded {
  const rows = text.slice(0, lastWord(text)).split('\n');
  if (rows.length <= lines) return { head: [], hidden: 0, tail: rows };
  const first = growing ? 0 : Math.floor(lines / 3);
  const last = lines - first;
  const hidden = rows.length - lines;
  // One line hidden takes as much room as the words that say so.
  if (hidden === 1) return { head: [], hidden: 0, tail: rows };
  return { head: rows.slice(0, first), hidden, tail: rows.slice(rows.length - last) };
}

/** Where the line breaks at the end begin. By hand: a pattern would take seconds for a text of many line breaks. */
function lastWord(text: string): number {
  let end = text.length;
  while (text[end - 1] === '\n') end--;
  return end;
}
