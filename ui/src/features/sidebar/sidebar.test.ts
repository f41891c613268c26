import { expect, it } from 'vitest';
import type { Card, Status } from '../../backend/backend';
import { card } from '../../backend/fake';
import { groups } from './sidebar';

const at = (id: string, status: Partial<Status>): Card => {
  const base = card(id);
  return { ...base, status: { ...base.status, ...status } };
};

it('every workspace is shown once, and who needs the person on top', () => {
  const shown = groups([
    at('idle', {}),
    at('works', { column: 'working' }),
    at('done', { need: 'yes', seen: false, since: 3 }),
    at('asks', { need: 'urgent', since: 9 }),
    at('fresh', { need: 'low' }),
  ]);
  expect(shown.map((group) => [group.id, group.cards.map((one) => one.id)])).toEqual([
    ['needs', ['asks', 'done']],
    ['waiting', ['fresh', 'idle']],
    ['working', ['works']],
  ]);
});

it('what is being archived is not shown', () => {
  expect(groups([at('a', { column: null, reason: 'archiving' })])).toEqual([]);
});
