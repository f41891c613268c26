// Stories of answering without opening: on the board's card and in the sidebar's list of who needs the person.
import { cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/svelte';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Pending } from '../backend/backend';
import { FakeBackend, agentEntry, card, group, refusal, summary } from '../backend/fake';
import App from './App.svelte';

beforeEach(() => localStorage.clear());
afterEach(cleanup);

const quick = { command: 'make test', paths: [], allow: 'yes', deny: 'no' };
const permission = (id: string, since: number): Pending => ({
  id,
  kind: 'permission',
  title: `Run ${id}`,
  since,
  quick,
});

async function board(...pending: Pending[]) {
  const fake = new FakeBackend();
  fake.projects = [{ id: 'p1', name: 'engine', path: '/engine', defaultBranch: 'main' }];
  fake.agentList = [agentEntry({ id: 'practice', name: 'Practice agent', isDefault: true })];
  const base = card('w1');
  const asks = { reason: 'needs_permission', label: 'Needs permission', need: 'urgent', seen: false } as const;
  fake.cards.set('w1', {
    ...base,
    sessions: [group('s1', { run: { kind: 'working' }, pending })],
    status: { ...base.status, ...asks, detail: pending[0]?.title ?? null },
  });
  render(App, { backend: fake });
  const shown = await screen.findByTestId('card-w1');
  const given = () =>
    fake.calls.flatMap(([name, , request, answer]) => (name === 'answerRequest' ? [[request, answer]] : []));
  const name = shown.querySelector<HTMLElement>('[data-card]');
  if (!name) throw new Error('the card has no name');
  return { fake, shown, name, given };
}

const option = (id: string) => ({ kind: 'option', id });

it('each of several requests is answered by itself on the card', async () => {
  const { shown, name, given } = await board(permission('r1', 1), permission('r2', 2));
  expect(within(shown).getByTestId('asked-r1').textContent).toContain('make test');
  await fireEvent.click(within(shown).getByTestId('deny-r2'));
  await waitFor(() => expect(within(shown).queryByTestId('asked-r2')).toBeNull());
  expect(document.activeElement).toBe(name);
  await fireEvent.click(within(shown).getByTestId('allow-r1'));
  expect(given()).toEqual([
    ['r2', option('no')],
    ['r1', option('yes')],
  ]);
  await waitFor(() => expect(screen.getByTestId('card-w1').dataset['reason']).toBe('agent_working'));
});

it('the keys answer the first on the card that has the focus, and a held key only one', async () => {
  const { name, given } = await board(permission('r1', 1), permission('r2', 2), permission('r3', 3));
  await fireEvent.keyDown(document.body, { key: 'y' });
  expect(given()).toEqual([]);
  name.focus();
  await fireEvent.keyDown(name, { key: 'y', ctrlKey: true });
  await fireEvent.keyDown(name, { key: 'x' });
  expect(given()).toEqual([]);
  await fireEvent.keyDown(name, { key: 'y' });
  await fireEvent.keyDown(name, { key: 'y', repeat: true });
  expect(given()).toEqual([['r1', option('yes')]]);
  await fireEvent.keyDown(name, { key: 'n' });
  expect(given()).toEqual([
    ['r1', option('yes')],
    ['r2', option('no')],
  ]);
  expect(screen.queryByTestId('prompt')).toBeNull();
});

it('the second press of a double one answers nothing more', async () => {
  const { shown, given } = await board(permission('r1', 1), permission('r2', 2));
  await fireEvent.click(within(shown).getByTestId('allow-r1'), { detail: 1 });
  await fireEvent.click(within(shown).getByTestId('allow-r2'), { detail: 2 });
  expect(given()).toEqual([['r1', option('yes')]]);
});

it('the keys stay on a card that goes to another column', async () => {
  const { name } = await board(permission('r1', 1));
  name.focus();
  await fireEvent.keyDown(name, { key: 'y' });
  await waitFor(() => expect(screen.getByTestId('card-w1').dataset['column']).toBe('working'));
  await waitFor(() => expect(document.activeElement?.closest('article')).toBe(screen.getByTestId('card-w1')));
});

it('on a card that asks nothing the key for a new workspace stays one', async () => {
  const { name } = await board();
  name.focus();
  await fireEvent.keyDown(name, { key: 'n' });
  expect(await screen.findByTestId('prompt')).toBeTruthy();
});

it('what can’t be answered at a glance is opened, and no key consents to it', async () => {
  const { shown, name, given } = await board({ ...permission('r1', 1), kind: 'question', quick: null });
  name.focus();
  await fireEvent.keyDown(name, { key: 'y' });
  expect(within(shown).queryByTestId('allow-r1')).toBeNull();
  await fireEvent.click(within(shown).getByTestId('open-r1'));
  expect(await screen.findByTestId('chat')).toBeTruthy();
  expect(given()).toEqual([]);
});

it('the sidebar answers too, wherever the card itself is not in view', async () => {
  const { given } = await board(permission('r1', 1));
  expect(within(screen.getByTestId('group-needs')).queryByTestId('allow-r1')).toBeNull();
  await fireEvent.click(screen.getByTestId('nav-settings'));
  const needs = screen.getByTestId('group-needs');
  await fireEvent.click(within(needs).getByTestId('allow-r1'));
  expect(given()).toEqual([['r1', option('yes')]]);
  await waitFor(() => expect(screen.queryByTestId('group-needs')).toBeNull());
});

it('an answer that the core refuses says so on the card and can be given again', async () => {
  const { fake, shown } = await board(permission('r1', 1));
  fake.answerRequest = () => Promise.resolve({ status: 'error', error: refusal('It lapsed.') });
  await fireEvent.click(within(shown).getByTestId('allow-r1'));
  expect((await within(shown).findByTestId('error')).textContent).toContain('It lapsed.');
  expect(within(shown).getByTestId<HTMLButtonElement>('allow-r1').disabled).toBe(false);
});

it('each request can be shown in its conversation, which gives it the keys', async () => {
  const { fake, shown } = await board(permission('r1', 1), permission('r2', 2));
  const ask = { kind: 'permission' as const, title: 'Run', call: null, options: [], fields: [] };
  const pending = ['r1', 'r2'].map((id, since) => ({ id, session: 's1', ask, since }));
  fake.conversations.set('s1', {
    session: summary('s1', { state: { kind: 'working', incarnation: 1 }, pending }),
    entries: [],
    offers: { commands: [], options: [], images: null },
    more: false,
    revision: 1,
  });
  await fireEvent.click(within(shown).getByTestId('show-r1'));
  await waitFor(() => expect(document.activeElement).toBe(screen.getByTestId('request-r1')));
});
