import { expect, it } from 'vitest';
import { fold } from './fold';

const lines = (count: number) => Array.from({ length: count }, (_, at) => `line ${at}`).join('\n') + '\n';

it('short output is shown whole', () => {
  expect(fold(lines(12), 12, false)).toMatchObject({ head: [], hidden: 0 });
  expect(fold(lines(13), 12, false).tail).toHaveLength(13);
});

it('what still grows shows its end', () => {
  const folded = fold(lines(100), 12, true);
  expect(folded.head).toEqual([]);
  expect(folded.hidden).toBe(88);
  expect(folded.tail.at(-1)).toBe('line 99');
});

it('what is done shows how it began and how it ended, and loses no line', () => {
  const folded = fold(lines(100), 12, false);
  expect(folded.head).toEqual(['line 0', 'line 1', 'line 2', 'line 3']);
  expect(folded.head.length + folded.hidden + folded.tail.length).toBe(100);
});

it('a text of line breaks is folded at once', () => {
  const began = performance.now();
  expect(fold(`${'\n'.repeat(1_000_000)}x\n\n`, 12, true).tail.at(-1)).toBe('x');
  expect(performance.now() - began).toBeLessThan(1000);
});
