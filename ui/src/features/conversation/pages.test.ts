import { expect, it } from 'vitest';
import type { Entry } from '../../backend/backend';
import { answerEntry } from '../../backend/fake';
import { Pages, page } from './pages.svelte';

const entries = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, at) => answerEntry(from + at, `text ${from + at}`));

/** A transcript of this length, opened at its end; `asked` tells which pages were fetched. */
function transcript(length: number, newest = page) {
  const asked: number[] = [];
  const pages = new Pages(async (before) => {
    asked.push(before);
    return entries(Math.max(0, before - page), before);
  });
  pages.reset(entries(Math.max(0, length - newest), length));
  return { pages, asked };
}

const text = (pages: Pages, ordinal: number) => {
  const body = pages.at(ordinal)?.entry.body;
  return body?.kind === 'answer' ? body.text : null;
};

it('knows the whole length from the newest entry alone', () => {
  const { pages, asked } = transcript(100_000);
  expect(pages.total).toBe(100_000);
  expect(text(pages, 99_999)).toBe('text 99999');
  expect(pages.at(0)).toBeUndefined();
  expect(asked).toEqual([]);
});

it('fetches only the pages of what is shown, each once', async () => {
  const { pages, asked } = transcript(100_000);
  await Promise.all([pages.show(50_190, 50_210), pages.show(50_195, 50_215)]);
  expect(asked).toEqual([50_200, 50_400]);
  expect(text(pages, 50_205)).toBe('text 50205');
  await pages.show(50_190, 50_210);
  expect(asked).toHaveLength(2);
});

it('the last page ends with the transcript', async () => {
  const { pages, asked } = transcript(450, 10);
  await pages.show(430, 449);
  expect(asked).toEqual([450]);
  expect(text(pages, 430)).toBe('text 430');
});

it('walking through it keeps memory bounded, and the end stays', async () => {
  const { pages } = transcript(100_000);
  for (let at = 99_000; at > 80_000; at -= 100) await pages.show(at, at + 50);
  expect(pages.here().length).toBeLessThanOrEqual(11 * page);
  expect(text(pages, 99_999)).toBe('text 99999');
  expect(pages.at(95_000)).toBeUndefined();
});

it('a new entry makes it longer, a known one changes in place', () => {
  const { pages } = transcript(10);
  const cell = pages.at(9);
  pages.take({ kind: 'put', entry: answerEntry(10, 'new') });
  pages.take({ kind: 'put', entry: answerEntry(9, 'changed') });
  expect(pages.total).toBe(11);
  expect(text(pages, 10)).toBe('new');
  expect(pages.at(9)).toBe(cell);
  expect(text(pages, 9)).toBe('changed');
});

it('a change of an entry that is not here is left for when it is fetched', () => {
  const { pages } = transcript(1000);
  pages.take({ kind: 'put', entry: answerEntry(5, 'changed') });
  expect(pages.at(5)).toBeUndefined();
  expect(pages.total).toBe(1000);
});

it('what changed while its page was on the way is newer than the page', async () => {
  let land: (entries: Entry[]) => void = () => {};
  const pages = new Pages(() => new Promise((resolve) => (land = resolve)));
  pages.reset(entries(800, 1000));
  const shown = pages.show(0, 10);
  pages.take({ kind: 'put', entry: answerEntry(5, 'changed') });
  land(entries(0, 200));
  await shown;
  expect(text(pages, 5)).toBe('changed');
});

it('a page is fetched again when text was added to one of its entries on the way', async () => {
  const lands: ((entries: Entry[]) => void)[] = [];
  const pages = new Pages(() => new Promise((resolve) => lands.push(resolve)));
  pages.reset(entries(800, 1000));
  const shown = pages.show(0, 10);
  pages.take({ kind: 'append', entry: 'e5', text: ' and more' });
  lands[0]?.(entries(0, 200));
  await expect.poll(() => lands.length).toBe(2);
  expect(pages.at(5)).toBeUndefined();
  lands[1]?.([...entries(0, 5), answerEntry(5, 'text 5 and more'), ...entries(6, 200)]);
  await shown;
  expect(text(pages, 5)).toBe('text 5 and more');
});

it('a page that comes after it began anew is dropped', async () => {
  let land: (entries: Entry[]) => void = () => {};
  const pages = new Pages(() => new Promise((resolve) => (land = resolve)));
  pages.reset(entries(800, 1000));
  const shown = pages.show(0, 10);
  pages.reset(entries(0, 3));
  land([answerEntry(0, 'of before')]);
  await shown;
  expect(text(pages, 0)).toBe('text 0');
});
