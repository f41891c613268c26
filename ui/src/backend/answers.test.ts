import { expect, it } from 'vitest';
import type { Pending } from './backend';
import { Answers, aboutOf, waitingOn } from './answers.svelte';
import { FakeBackend, card, group, refusal } from './fake';

const pending = (id: string, since: number, change: Partial<Pending> = {}): Pending => ({
  id,
  kind: 'permission',
  title: `Run ${id}`,
  since,
  quick: { command: null, paths: [], allow: 'yes', deny: 'no' },
  ...change,
});

it('what waits comes oldest first, whoever asks', () => {
  const sessions = [
    group('s1', { pending: [pending('b', 2), pending('c', 3)] }),
    group('s2', { pending: [pending('a', 1)] }),
  ];
  const waiting = waitingOn(card('w1', { sessions }));
  expect(waiting.map((one) => [one.session, one.pending.id])).toEqual([
    ['s2', 'a'],
    ['s1', 'b'],
    ['s1', 'c'],
  ]);
});

it('a request says its command, else its files as the worktree has them', () => {
  const base = card('w1');
  const about = (command: string | null, paths: string[]) =>
    aboutOf(base, pending('r1', 1, { quick: { command, paths, allow: 'yes', deny: 'no' } }));
  expect(about(null, [`${base.workspace.path}/src/a.rs`, '/etc/hosts'])).toEqual(['src/a.rs', '/etc/hosts']);
  expect(about('make', ['/etc/hosts'])).toEqual(['make']);
  expect(aboutOf(base, pending('r1', 1, { quick: null }))).toEqual([]);
});

it('an answer is given once, by the option that holds this once', async () => {
  const backend = new FakeBackend();
  const answers = new Answers(backend);
  const asked = { session: 's1', pending: pending('r1', 1) };
  await Promise.all([answers.give(asked, 'deny'), answers.give(asked, 'allow')]);
  await answers.give(asked, 'allow');
  expect(backend.calls).toEqual([['answerRequest', 's1', 'r1', { kind: 'option', id: 'no' }, null]]);
  expect(answers.isGiven('r1')).toBe(true);
});

it('what has to be opened is never answered', async () => {
  const backend = new FakeBackend();
  await new Answers(backend).give({ session: 's1', pending: pending('r1', 1, { quick: null }) }, 'allow');
  expect(backend.calls).toEqual([]);
});

it('an answer that was not taken says why and can be given again', async () => {
  const backend = new FakeBackend();
  const answer = backend.answerRequest;
  backend.answerRequest = () => Promise.resolve({ status: 'error', error: refusal('The agent is gone.') });
  const answers = new Answers(backend);
  const asked = { session: 's1', pending: pending('r1', 1) };
  await answers.give(asked, 'allow');
  expect([answers.isGiven('r1'), answers.error('r1')?.message]).toEqual([false, 'The agent is gone.']);
  backend.answerRequest = answer;
  await answers.give(asked, 'allow');
  expect([answers.isGiven('r1'), answers.error('r1')]).toEqual([true, null]);
});

it('of very many answers the oldest are forgotten', async () => {
  const answers = new Answers(new FakeBackend());
  for (let at = 0; at <= 1000; at++) await answers.give({ session: 's1', pending: pending(`r${at}`, at) }, 'allow');
  expect([answers.isGiven('r0'), answers.isGiven('r1'), answers.isGiven('r1000')]).toEqual([false, true, true]);
});
