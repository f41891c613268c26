import { expect, it } from 'vitest';
import type { Card, SessionGroup, Status } from './backend';
import { line, look } from './cards';
import { card, group } from './fake';

function at(status: Partial<Status>, session: Partial<SessionGroup> = {}): Card {
  const base = card('w1');
  return { ...base, sessions: [group('s1', session)], status: { ...base.status, ...status } };
}

const works = { reason: 'agent_working', label: 'Working', detail: 'Edit a.rs', since: 5 } as const;

it('a working agent without a sign of life is quiet since its last one, and likely why', () => {
  const quiet = at(works, { run: { kind: 'working' }, quiet: { since: 2, likely: '“make” runs since.' } });
  expect(look(quiet)).toEqual({ tone: 'needs', label: 'Quiet', since: 2, detail: '“make” runs since.' });
  expect(line(quiet)).toBe('Quiet: “make” runs since.');
  expect(look(at(works)).label).toBe('Working');
  expect(line(at(works))).toBe('Edit a.rs');
});

it('what asks for permission is not merely quiet', () => {
  const asks = at(
    { reason: 'needs_permission', label: 'Needs permission', detail: 'Run make' },
    { quiet: { since: 2, likely: '' } },
  );
  expect(look(asks).label).toBe('Needs permission');
  expect(line(asks)).toBe('Needs permission: Run make');
});

it('who waits for a free place is queued, and says why', () => {
  const queued = at({ reason: 'queued', label: 'Queued', detail: '8 agents are live, the limit is 8' });
  expect(look(queued).tone).toBe('paused');
  expect(line(queued)).toBe('Queued: 8 agents are live, the limit is 8');
});

it('an idle workspace says that its agent sleeps, a finished one that it finished', () => {
  const run = { kind: 'asleep' } as const;
  expect(look(at({}, { run }))).toMatchObject({ tone: 'paused', label: 'Asleep' });
  expect(look(at({ reason: 'turn_finished', label: 'Finished' }, { run })).label).toBe('Finished');
});
