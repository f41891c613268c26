import { expect, it } from 'vitest';
import type { Ask, PendingRequest } from '../../backend/backend';
import { summary } from '../../backend/fake';
import { remedy, stateLine } from './state';

const ask: Ask = { kind: 'permission', title: 't', call: null, options: [], fields: [] };
const pending = (id: string): PendingRequest => ({ id, session: 's', ask, since: 5 });
const working = { kind: 'working', incarnation: 1 } as const;

it('what waits for the person is said before what the agent does', () => {
  const line = stateLine(summary('s', { state: working, activity: 'Edit a.rs', pending: [pending('a')] }));
  expect(line).toMatchObject({ tone: 'needs', words: 'Waits for your answer', since: 5 });
  expect(stateLine(summary('s', { state: working, pending: [pending('a'), pending('b')] }))?.words).toBe(
    '2 requests wait for your answer',
  );
});

it('a working agent says what it does, a quiet one why that may be', () => {
  expect(stateLine(summary('s', { state: working, activity: 'Edit a.rs' }))?.words).toBe('Edit a.rs');
  const quiet = { since: 7, likely: 'A command that does not end: cargo test.' };
  expect(stateLine(summary('s', { state: working, quiet }))).toEqual({
    tone: 'needs',
    words: 'Quiet',
    since: 7,
    more: quiet.likely,
  });
});

it('an agent that waits for a place says why, and a sleeping one what wakes it', () => {
  const why = '8 agents are live, the limit is 8';
  expect(stateLine(summary('s', { state: { kind: 'waiting', why } }))).toMatchObject({ tone: 'working', more: why });
  expect(stateLine(summary('s', { state: { kind: 'asleep' } }))?.words).toContain('your next message wakes it');
});

it('a closed conversation that is read says how it goes on', () => {
  const closed = summary('s', { state: { kind: 'stopped' }, closedAt: 5 });
  expect(stateLine(closed)?.words).toBe('Closed; your next message opens it again');
});

it('an agent at rest needs no line', () => {
  expect(stateLine(summary('s'))).toBeNull();
  expect(stateLine(summary('s', { state: { kind: 'stopped' } }))).toBeNull();
});

it('a failure leads to where it can be mended', () => {
  expect(remedy({ kind: 'sign_in', said: 'no key' })).toBe('settings');
  expect(remedy({ kind: 'quota', said: '429' })).toBe('go_on');
  expect(remedy({ kind: 'folder_unusable', path: '/w', said: 'gone' })).toBe('none');
});
