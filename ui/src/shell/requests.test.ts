// Stories of several requests in one conversation, through the whole window, against the fake backend.
import { cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/svelte';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Ask } from '../backend/backend';
import { FakeBackend, agentEntry, card, entry, group, promptEntry, summary } from '../backend/fake';
import App from './App.svelte';

beforeEach(() => localStorage.clear());
afterEach(cleanup);

const permission: Ask = {
  kind: 'permission',
  title: 'Run the tests',
  command: 'make test',
  call: null,
  options: [
    { id: 'yes', name: 'Allow', kind: 'allow_once' },
    { id: 'no', name: 'Reject', kind: 'reject_once' },
  ],
  fields: [],
};

/** A workspace whose conversation asks all of this at once. */
async function asking(...asks: Ask[]) {
  const fake = new FakeBackend();
  fake.projects = [{ id: 'p1', name: 'engine', path: '/engine', defaultBranch: 'main' }];
  fake.agentList = [agentEntry({ id: 'practice', name: 'Practice agent', isDefault: true })];
  const pending = asks.map((ask, at) => ({ id: `r${at}`, session: 's1', ask, since: at }));
  const shown = pending.map(({ id, ask, since }) => ({ id, kind: ask.kind, title: ask.title, since, quick: null }));
  fake.cards.set('w1', card('w1', { sessions: [group('s1', { run: { kind: 'working' }, pending: shown })] }));
  fake.cards.set('w2', card('w2', { sessions: [group('s2')] }));
  fake.conversations.set('s1', {
    session: summary('s1', { state: { kind: 'working', incarnation: 1 }, pending }),
    offers: { commands: [], options: [], images: null },
    entries: [
      promptEntry(0, 'Go'),
      ...pending.map(({ id, ask }, at) =>
        entry(at + 1, { kind: 'request', request: id, ask, outcome: { kind: 'pending' } }),
      ),
    ],
    more: false,
    revision: 1,
  });
  render(App, { backend: fake });
  await fireEvent.click(await screen.findByTestId('sidebar-workspace-w1'));
  const given = () => fake.calls.flatMap(([name, , request]) => (name === 'answerRequest' ? [request] : []));
  return { fake, given, first: await screen.findByTestId('request-r0') };
}

it('a key that is held down answers one request, and the next has the focus', async () => {
  const { given, first } = await asking(permission, permission);
  first.focus();
  await fireEvent.keyDown(first, { key: 'y' });
  const second = screen.getByTestId('request-r1');
  await waitFor(() => expect(document.activeElement).toBe(second));
  await fireEvent.keyDown(second, { key: 'y', repeat: true });
  expect(given()).toEqual(['r0']);
  await fireEvent.keyDown(second, { key: 'y' });
  expect(given()).toEqual(['r0', 'r1']);
});

it('the second press of a double one answers nothing that came to the same place', async () => {
  const { given, first } = await asking(permission, permission);
  await fireEvent.click(within(first).getByTestId('option-allow_once'), { detail: 1 });
  await fireEvent.click(within(screen.getByTestId('request-r1')).getByTestId('option-allow_once'), { detail: 2 });
  expect(given()).toEqual(['r0']);
});

it('an answer is given once, even before what became of it arrives', async () => {
  const { fake, given, first } = await asking(permission);
  fake.answerRequest = (...values) => {
    fake.calls.push(['answerRequest', ...values]);
    return Promise.resolve({ status: 'ok', data: null });
  };
  await fireEvent.click(within(first).getByTestId('option-allow_once'));
  await waitFor(() => expect(document.activeElement).not.toBe(document.body));
  await fireEvent.click(within(first).getByTestId('option-reject_once'));
  await fireEvent.keyDown(first, { key: 'n' });
  expect(given()).toEqual(['r0']);
});

it('a command is shown as it will run, with what can’t be seen written out', async () => {
  const content = [{ kind: 'text' as const, text: 'harmless', cut: 0 }];
  const call = { call: 'c', tool: 'execute' as const, title: 't', status: 'pending' as const, locations: [], content };
  const { first } = await asking({ ...permission, command: 'rm \u202Etxt.~', call: { ...call, input: null } });
  expect(first.textContent).toContain('rm ‹U+202E›txt.~');
  expect(first.textContent).toContain('harmless');
});

it('an entry that can’t be drawn says so, and the others are there', async () => {
  const { fake, first } = await asking(permission);
  fake.change('s1', { kind: 'put', entry: entry(2, { kind: 'tool', call: null as never }) });
  expect((await screen.findByTestId('error')).textContent).toContain('This entry can’t be drawn.');
  expect(first.textContent).toContain('make test');
});
