import { expect, it } from 'vitest';
import type { Card, Status } from '../../backend/backend';
import { card } from '../../backend/fake';
import { groups } from './sidebar';

const at = (id: string, status: Partial<Status>): Card => {
  const base = card(id);
  return { ...base, status: { ...base.status, ...status } };
};

it('every workspace is shown once, and who needs the person on top', () => {
  const cards = [
    at('idle', {}),
    at('works', { column: 'working' }),
    at('done', { need: 'yes', seen: false, since: 3 }),
    at('asks', { need: 'urgent', since: 9 }),
    at('fresh', { need: 'low' }),
  ];
  const shown = groups(cards, cards);
  expect(shown.map((group) => [group.id, group.cards.map((one) => one.id)])).toEqual([
    ['needs', ['asks', 'done']],
    ['waiting', ['fresh', 'idle']],
    ['working', ['works']],
  ]);
});

it('what is being archived is not shown', () => {
  const cards = [at('a', { column: null, reason: 'archiving', need: 'yes' })];
  expect(groups(cards, cards)).toEqual([]);
});

it('who needs the person is shown whichever project is chosen', () => {
  const shown = groups([at('asks', { need: 'urgent' }), at('idle', {})], []);
  expect(shown.map((group) => [group.id, group.cards.map((one) => one.id)])).toEqual([['needs', ['asks']]]);
});
