// Diffs as rows to draw: from git by the core, or made here from an agent's old and new text.
import { structuredPatch } from 'diff';

/** One row of a diff. */
export interface Row {
  kind: 'context' | 'added' | 'removed';
  oldNumber: number | null;
  newNumber: number | null;
  text: string;
  noNewline: boolean;
}

/** Rows that lie together. */
export interface Part {
  header: string;
  lines: Row[];
}

const kinds: Record<string, Row['kind']> = { ' ': 'context', '+': 'added', '-': 'removed' };

/** The diff of two texts; when they are too different to compare quickly, all of the old and all of the new. */
export function textDiff(oldText: string | null, newText: string): Part[] {
  const patch = structuredPatch('', '', oldText ?? '', newText, '', '', { context: 3, timeout: 40 });
  if (!patch) return [whole(oldText ?? '', newText)];
  return patch.hunks.map((hunk) => {
    let oldNumber = hunk.oldStart;
    let newNumber = hunk.newStart;
    const lines: Row[] = [];
    for (const line of hunk.lines) {
      const kind = kinds[line[0] ?? ''];
      const last = lines.at(-1);
      if (!kind) {
        if (last) last.noNewline = true;
        continue;
      }
      lines.push({
        kind,
        oldNumber: kind === 'added' ? null : oldNumber++,
        newNumber: kind === 'removed' ? null : newNumber++,
        text: line.slice(1),
        noNewline: false,
      });
    }
    return { header: '', lines };
  });
}

function whole(oldText: string, newText: string): Part {
  const rows = (text: string, kind: 'added' | 'removed'): Row[] =>
    text.split('\n').map((line, at) => ({
      kind,
      oldNumber: kind === 'removed' ? at + 1 : null,
      newNumber: kind === 'added' ? at + 1 : null,
      text: line,
      noNewline: false,
    }));
  return { header: '', lines: [...(oldText ? rows(oldText, 'removed') : []), ...rows(newText, 'added')] };
}

/** How many lines a diff adds and removes. */
export function countOf(parts: Part[]): { additions: number; deletions: number } {
  let additions = 0;
  let deletions = 0;
  for (const part of parts)
    for (const row of part.lines) {
      if (row.kind === 'added') additions++;
      else if (row.kind === 'removed') deletions++;
    }
  return { additions, deletions };
}

/** A row with the part of it that differs from its counterpart: characters from `start` to `end`. */
export interface MarkedRow extends Row {
  mark: { start: number; end: number } | null;
}

/** Marks what changed inside lines, where as many lines were removed as were added in their place. */
export function marked(rows: Row[]): MarkedRow[] {
  const out: MarkedRow[] = rows.map((row) => ({ ...row, mark: null }));
  let at = 0;
  while (at < out.length) {
    const removed = run(out, at, 'removed');
    const added = run(out, at + removed, 'added');
    if (removed && removed === added)
      for (let step = 0; step < removed; step++) markPair(out[at + step], out[at + removed + step]);
    at += Math.max(1, removed + added);
  }
  return out;
}

function run(rows: Row[], from: number, kind: Row['kind']): number {
  let length = 0;
  while (rows[from + length]?.kind === kind) length++;
  return length;
}

function markPair(before: MarkedRow | undefined, after: MarkedRow | undefined): void {
  if (!before || !after) return;
  const [a, b] = [before.text, after.text];
  const shorter = Math.min(a.length, b.length);
  let start = 0;
  while (start < shorter && a[start] === b[start]) start++;
  let end = 0;
  while (end < shorter - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++;
  // Lines that share little read better without marks.
  if (start + end < Math.max(a.length, b.length) * 0.3) return;
  before.mark = { start, end: a.length - end };
  after.mark = { start, end: b.length - end };
}
