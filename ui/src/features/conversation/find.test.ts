import { expect, it } from 'vitest';
import type { Answered } from '../../backend/backend';
import { FakeBackend, refusal } from '../../backend/fake';
import { Find, wordsOf } from './find.svelte';

function bar(hits: number[], near = 1000) {
  const fake = new FakeBackend();
  fake.findInSession = () => Promise.resolve({ status: 'ok', data: hits });
  const shown: number[] = [];
  return {
    fake,
    shown,
    find: new Find(
      fake,
      's',
      (ordinal) => shown.push(ordinal),
      () => near,
    ),
  };
}

it('begins with the last hit above what is on the screen', async () => {
  const { find, shown } = bar([3, 40, 90_000], 500);
  await find.look('lexer');
  expect([find.at, shown]).toEqual([1, [40]]);
});

it('walks in both directions and around the ends', async () => {
  const { find, shown } = bar([3, 40, 90]);
  await find.look('lexer');
  find.next();
  find.before();
  find.before();
  expect(shown).toEqual([90, 3, 90, 40]);
});

it('an answer to an earlier question is dropped', async () => {
  const { fake, find } = bar([]);
  const gives: ((hits: Answered<number[]>) => void)[] = [];
  fake.findInSession = () => new Promise((give) => gives.push(give));
  const first = find.look('a');
  const second = find.look('ab');
  gives[1]?.({ status: 'ok', data: [7] });
  gives[0]?.({ status: 'ok', data: [1, 2, 3] });
  await Promise.all([first, second]);
  expect(find.hits).toEqual([7]);
});

it('without a word nothing is asked', async () => {
  const { fake, find } = bar([1]);
  fake.findInSession = () => Promise.reject(new Error('asked'));
  await find.look(' - ');
  expect(find.hits).toEqual([]);
});

it('says why it could not look', async () => {
  const { fake, find } = bar([1]);
  fake.findInSession = () => Promise.resolve({ status: 'error', error: refusal('The index is being built.') });
  await find.look('x');
  expect(find.error?.message).toBe('The index is being built.');
});

it('marks words as they are looked for', () => {
  expect(wordsOf('"Fix the" löxer-2')).toEqual(['fix', 'the', 'löxer', '2']);
});
