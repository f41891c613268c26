import { expect, it } from 'vitest';
import { countOf, marked, textDiff } from './lines';

it('numbers lines of both sides', () => {
  const [part] = textDiff('a\nb\nc\n', 'a\nB\nc\n');
  expect(part!.lines.map((row) => [row.kind, row.oldNumber, row.newNumber, row.text])).toEqual([
    ['context', 1, 1, 'a'],
    ['removed', 2, null, 'b'],
    ['added', null, 2, 'B'],
    ['context', 3, 3, 'c'],
  ]);
});

it('a new file is all added', () => {
  const parts = textDiff(null, 'one\ntwo\n');
  expect(countOf(parts)).toEqual({ additions: 2, deletions: 0 });
});

it('says where the last line has no newline', () => {
  const [part] = textDiff('a', 'b');
  expect(part!.lines.map((row) => row.noNewline)).toEqual([true, true]);
});

it('marks only the words that changed', () => {
  const [part] = textDiff('let total = one + two;\n', 'let total = one - two;\n');
  const [before, after] = marked(part!.lines);
  expect(before!.text.slice(before!.mark!.start, before!.mark!.end)).toBe('+');
  expect(after!.text.slice(after!.mark!.start, after!.mark!.end)).toBe('-');
});

it('does not mark lines that have nothing to do with each other', () => {
  const [part] = textDiff('fn main() {}\n', 'use std::fmt;\n');
  expect(marked(part!.lines).every((row) => row.mark === null)).toBe(true);
});

it('shows all of both when two texts are too far apart to compare quickly', () => {
  const old = Array.from({ length: 30_000 }, (_, at) => `old ${at * 7919}`).join('\n');
  const fresh = Array.from({ length: 30_000 }, (_, at) => `new ${at * 104729}`).join('\n');
  const started = performance.now();
  const count = countOf(textDiff(old, fresh));
  expect(count.additions).toBe(30_000);
  expect(performance.now() - started).toBeLessThan(2000);
});
