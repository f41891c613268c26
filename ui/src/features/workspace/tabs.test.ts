import { expect, it } from 'vitest';
import type { SessionGroup } from '../../backend/backend';
import { afterClosing, beside, look, tabs } from './tabs';

const session = (id: string, change: Partial<SessionGroup> = {}): SessionGroup => ({
  id,
  agent: 'practice',
  title: id,
  run: { kind: 'ready' },
  since: 0,
  activity: null,
  quiet: null,
  pending: [],
  queued: 0,
  undelivered: 0,
  turn: 1,
  turnEndedAt: null,
  createdAt: 0,
  closedAt: null,
  ...change,
});
const three = [session('a'), session('b'), session('c')];

it('closed conversations are no tabs, and the one closed last comes back first', () => {
  const found = tabs([session('a', { closedAt: 5 }), session('b'), session('c', { closedAt: 9 })]);
  expect(found.open.map((one) => one.id)).toEqual(['b']);
  expect(found.closed.map((one) => one.id)).toEqual(['c', 'a']);
});

it('what waits for the person is shown before all else', () => {
  const pending = [{ id: 'r', kind: 'permission' as const, title: 't', since: 0, quick: null }];
  expect(look(session('a', { pending, run: { kind: 'working' } })).tone).toBe('needs');
  expect(look(session('a', { run: { kind: 'waiting', why: '8 agents are live' } })).words).toBe(
    'Waits for a free place',
  );
  expect(look(session('a', { run: { kind: 'failed', message: '', hint: '' } })).tone).toBe('broken');
});

it('keys go from tab to tab, around the ends', () => {
  expect(beside(three, 'a', 1)).toBe('b');
  expect(beside(three, 'c', 1)).toBe('a');
  expect(beside(three, 'a', -1)).toBe('c');
  expect(beside(three, null, -1)).toBe('c');
  expect(beside([], 'a', 1)).toBeNull();
});

it('the tab that takes the place of a closed one is shown', () => {
  expect(afterClosing(three, 'b')).toBe('c');
  expect(afterClosing(three, 'c')).toBe('b');
  expect(afterClosing([session('a')], 'a')).toBeNull();
});
