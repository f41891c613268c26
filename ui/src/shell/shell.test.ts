import { beforeEach, expect, it } from 'vitest';
import type { Card, SessionGroup, Status } from '../backend/backend';
import { FakeBackend, card, refusal } from '../backend/fake';
import { Feed } from '../backend/feed.svelte';
import { Shell } from './shell.svelte';

beforeEach(() => localStorage.clear());

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
  closedAt: null,
  createdAt: 0,
  ...change,
});
const at = (id: string, status: Partial<Status>, sessions: SessionGroup[] = []): Card => {
  const base = card(id);
  return { ...base, sessions, status: { ...base.status, ...status } };
};

function shell(...cards: Card[]) {
  const fake = new FakeBackend();
  const feed = new Feed(fake);
  for (const one of cards) feed.cards.set(one.id, one);
  return { fake, feed, shell: new Shell(fake, feed), seen: () => fake.calls.filter(([name]) => name === 'markSeen') };
}

it('opening a workspace marks it as seen', () => {
  const { shell: window, seen } = shell(at('a', {}));
  window.open('a');
  expect(seen()).toEqual([['markSeen', 'a']]);
});

it('a new reason while it is open is marked once', () => {
  const { shell: window, seen } = shell(at('a', {}));
  window.open('a');
  const asks = at('a', { need: 'urgent', seen: false, since: 5 });
  window.looked(asks);
  window.looked(asks);
  expect(seen()).toHaveLength(2);
  window.looked(at('a', { need: 'no', seen: false, since: 6 }));
  expect(seen()).toHaveLength(2);
});

it('next goes from one that needs the person to the next, and around', () => {
  const { shell: window } = shell(
    at('calm', {}),
    at('asks', { need: 'urgent', since: 2 }),
    at('done', { need: 'yes', since: 1 }),
  );
  const visited = [1, 2, 3].map(() => {
    window.next();
    return window.card?.id;
  });
  expect(visited).toEqual(['asks', 'done', 'asks']);
});

it('shows the conversation that asks, unless another was chosen', () => {
  const pending = [{ id: 'r', kind: 'permission' as const, title: 'x', since: 0, quick: null }];
  const one = at('a', {}, [session('s1', { pending }), session('s2')]);
  const { shell: window } = shell(one);
  expect(window.session(one)).toBe('s1');
  window.choose('a', 's2');
  expect(window.session(one)).toBe('s2');
  window.choose('a', null);
  expect(window.session(one)).toBeNull();
});

it('a chosen conversation that is not there yet falls back', () => {
  const one = at('a', {}, [session('s1')]);
  const { shell: window } = shell(one);
  window.choose('a', 'coming');
  expect(window.session(one)).toBe('s1');
});

it('shows the entry that was found, until the person goes elsewhere', () => {
  const one = at('a', {}, [session('s1'), session('s2')]);
  const { shell: window } = shell(one);
  const target = { workspace: 'a', session: 's1', ordinal: 7 };
  window.show(target);
  expect(window.session(one)).toBe('s1');
  expect(window.card?.id).toBe('a');
  expect(window.target).toEqual(target);
  window.go({ kind: 'board' });
  expect(window.target).toBeNull();
});

it('archiving leaves the workspace, and a refusal is told', async () => {
  const { fake, shell: window } = shell(at('a', {}));
  fake.archiveWorkspace = () => Promise.resolve({ status: 'error', error: refusal('The disk is full.') });
  window.open('a');
  window.archiving = 'a';
  await window.archive();
  expect(window.place).toEqual({ kind: 'board' });
  expect(window.error?.message).toBe('The disk is full.');
});

it('a terminal over the window tells whoever showed it when the person is done, or when another takes its place', () => {
  const { shell: window } = shell(at('a', {}));
  const told: string[] = [];
  window.showTerminal('t1', 'Sign in', () => told.push('t1'));
  expect(window.terminal).toMatchObject({ id: 't1', title: 'Sign in' });
  window.showTerminal('t2', 'Sign in again', () => told.push('t2'));
  expect(told).toEqual(['t1']);
  window.doneWithTerminal();
  window.doneWithTerminal();
  expect([window.terminal, told]).toEqual([null, ['t1', 't2']]);
});

it('where there is no room beside the conversation the inspector lies over it, on demand and until another page', () => {
  const { shell: window } = shell(at('a', {}));
  expect(window.inspecting).toBe(true);
  window.narrow = true;
  expect(window.inspecting).toBe(false);
  window.inspect();
  expect(window.inspecting).toBe(true);
  window.go({ kind: 'board' });
  expect(window.inspecting).toBe(false);
  window.narrow = false;
  expect(window.inspecting).toBe(true);
});

it('a conversation that began is shown once its card knows it, and nothing else until then', () => {
  const { feed, shell: window } = shell(at('a', {}, [session('s1')]));
  const card = () => feed.cards.get('a') ?? at('a', {});
  window.begin('a', null);
  window.started('a', 's2');
  expect(window.session(card())).toBeNull();
  expect(window.session(at('a', {}, [session('s1'), session('s2')]))).toBe('s2');
  window.choose('a', 's1');
  window.started('a', 's3');
  expect(window.session(card())).toBe('s1');
});
