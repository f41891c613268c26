import { expect, it } from 'vitest';
import { found, type PaletteAction } from './search';

const action = (title: string): PaletteAction => ({ id: title, title, group: 'Go to', run: () => {} });
const titles = (query: string) =>
  found(query, [action('Board'), action('Archived'), action('Fix flaky board test'), action('Settings')]).map(
    (one) => one.title,
  );

it('offers all of them in their order when nothing is typed', () => {
  expect(titles('')).toEqual(['Board', 'Archived', 'Fix flaky board test', 'Settings']);
});

it('finds by words in any order, and by letters in order', () => {
  expect(titles('test fix')).toEqual(['Fix flaky board test']);
  expect(titles('stgs')).toEqual(['Settings']);
});

it('finds nothing for what is nowhere', () => {
  expect(titles('zzz')).toEqual([]);
});
