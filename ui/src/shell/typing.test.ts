// Stories of what the person types while things move around them, through the whole window, against the fake backend.
import { cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/svelte';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Ask, SessionGroup, SessionSummary } from '../backend/backend';
import { FakeBackend, agentEntry, card, entry, group, promptEntry, summary } from '../backend/fake';
import App from './App.svelte';

beforeEach(() => localStorage.clear());
afterEach(cleanup);

const question: Ask = {
  kind: 'question',
  title: 'Which name?',
  call: null,
  options: [],
  fields: [{ name: 'name', title: 'Name', description: null, required: true, kind: { kind: 'text' } }],
};

function tell(fake: FakeBackend, id: string, change: Partial<SessionSummary> = {}) {
  const asked = (change.pending ?? []).map(({ id: request, ask }, at) =>
    entry(at + 1, { kind: 'request', request, ask, outcome: { kind: 'pending' } }),
  );
  fake.conversations.set(id, {
    session: summary(id, change),
    offers: { commands: [], options: [], images: null },
    entries: [promptEntry(0, 'Go'), ...asked],
    more: false,
    revision: 1,
  });
}

/** A window that shows a workspace with these conversations; another workspace is beside it. */
async function opened(fake: FakeBackend, ...sessions: SessionGroup[]) {
  fake.projects = [{ id: 'p1', name: 'engine', path: '/engine', defaultBranch: 'main' }];
  fake.agentList = [agentEntry({ id: 'practice', name: 'Practice agent', isDefault: true })];
  fake.cards.set('w1', card('w1', { sessions }));
  fake.cards.set('w2', card('w2', { sessions: [group('s9')] }));
  render(App, { backend: fake });
  await fireEvent.click(await screen.findByTestId('sidebar-workspace-w1'));
}

const composer = () => screen.findByTestId<HTMLTextAreaElement>('composer');
const focused = () => document.activeElement;

it('a new conversation takes the keys, and what is typed while it begins goes on in it', async () => {
  const fake = new FakeBackend();
  tell(fake, 's1');
  await opened(fake, group('s1'));
  await screen.findByTestId('chat');
  await fireEvent.keyDown(document.body, { key: 't', ctrlKey: true });
  await waitFor(() => expect(screen.queryByTestId('chat')).toBeNull());
  const field = await composer();
  await waitFor(() => expect(focused()).toBe(field));
  await fireEvent.input(field, { target: { value: 'begin' } });
  await fireEvent.keyDown(field, { key: 'Enter' });
  await fireEvent.input(field, { target: { value: 'and also' } });
  // Until its card knows the conversation, no other one comes in its place.
  await waitFor(() => expect(fake.calls.map(([name]) => name)).toContain('sendMessage'));
  expect(screen.queryByTestId('chat')).toBeNull();
  const known = fake.cards.get('w1');
  if (known) fake.put({ ...known, sessions: [...known.sessions, group('s-w1', { title: 'Begun' })] });
  await screen.findByTestId('chat');
  const next = await composer();
  expect(next.value).toBe('and also');
  await waitFor(() => expect(focused()).toBe(next));
});

it('a form that is half filled in stays so while the person looks elsewhere', async () => {
  const fake = new FakeBackend();
  const pending = [{ id: 'q', session: 's1', ask: question, since: 0 }];
  tell(fake, 's1', { state: { kind: 'working', incarnation: 1 }, pending });
  await opened(fake, group('s1', { run: { kind: 'working' } }));
  await fireEvent.input(await screen.findByTestId('field-name'), { target: { value: 'half a na' } });
  await fireEvent.click(screen.getByTestId('sidebar-workspace-w2'));
  await waitFor(() => expect(screen.queryByTestId('field-name')).toBeNull());
  await fireEvent.click(screen.getByTestId('sidebar-workspace-w1'));
  expect((await screen.findByTestId<HTMLInputElement>('field-name')).value).toBe('half a na');
  await fireEvent.click(screen.getByTestId('answer-question'));
  await waitFor(() => expect(localStorage.getItem('form:q')).toBeNull());
});

it('a queued message that is changed when it goes leaves the words in the composer', async () => {
  const fake = new FakeBackend();
  const message = { session: 's1', author: 'person', state: 'queued', createdAt: 0 } as const;
  const queue = [{ ...message, id: 'm1', position: 1, text: 'then test', attachments: [] }];
  tell(fake, 's1', { state: { kind: 'working', incarnation: 1 }, queue });
  await opened(fake, group('s1', { run: { kind: 'working' } }));
  await fireEvent.click(await screen.findByTestId('edit-message'));
  const editor = await screen.findByTestId('queue-editor');
  expect(focused()).toBe(editor);
  await fireEvent.input(editor, { target: { value: 'then test and lint' } });
  fake.live('s1', { queue: [] });
  const field = await composer();
  await waitFor(() => expect(field.value).toBe('then test and lint'));
  await waitFor(() => expect(focused()).toBe(field));
});

it('who renames a conversation and goes on elsewhere is not called back', async () => {
  const fake = new FakeBackend();
  tell(fake, 's1');
  await opened(fake, group('s1'));
  const tab = await screen.findByTestId('session-s1');
  await fireEvent.keyDown(tab, { key: 'F2' });
  const title = await screen.findByTestId<HTMLInputElement>('session-title');
  await fireEvent.input(title, { target: { value: 'Numbers' } });
  (await composer()).focus();
  await waitFor(() => expect(screen.queryByTestId('session-title')).toBeNull());
  expect(focused()).toBe(await composer());
  expect(fake.calls).toContainEqual(['renameSession', 's1', 'Numbers']);
});

it('Escape closes the bar for finding from its buttons, and only that; its key takes the words again', async () => {
  const fake = new FakeBackend();
  tell(fake, 's1');
  await opened(fake, group('s1'));
  await screen.findByTestId('chat');
  await fireEvent.click(screen.getByTestId('open-find'));
  const field = await screen.findByTestId('find');
  (await composer()).focus();
  await fireEvent.keyDown(await composer(), { key: 'f', ctrlKey: true });
  expect(focused()).toBe(field);
  const bar = within(screen.getByRole('search'));
  await fireEvent.keyDown(bar.getByLabelText('Close'), { key: 'Escape' });
  await waitFor(() => expect(screen.queryByTestId('find')).toBeNull());
  expect(screen.getByTestId('chat')).toBeTruthy();
});

it('a failed session is asked once to go on, however often it is clicked', async () => {
  const fake = new FakeBackend();
  tell(fake, 's1', { state: { kind: 'failed', cause: { kind: 'interrupted' } } });
  await opened(fake, group('s1', { run: { kind: 'failed', message: 'It ended.', hint: '' } }));
  const again = await screen.findByTestId('failure-go-on');
  await fireEvent.click(again, { detail: 1 });
  await fireEvent.click(again, { detail: 2 });
  expect(fake.calls.filter(([name]) => name === 'sendMessage')).toHaveLength(1);
});

it('a picture opens in full, and Escape closes it and nothing else', async () => {
  const fake = new FakeBackend();
  tell(fake, 's1');
  fake.attached.set('a1', 'AAAA');
  const picture = { kind: 'image' as const, id: 'a1', name: 'shot.png', mime: 'image/png', bytes: 3 };
  const [first] = fake.conversations.get('s1')?.entries ?? [];
  if (first?.body.kind === 'prompt') first.body = { ...first.body, attachments: [picture] };
  await opened(fake, group('s1'));
  await fireEvent.click(await screen.findByTestId('enlarge'));
  const dialog = await screen.findByRole('dialog');
  expect(within(dialog).getByAltText('shot.png')).toBeTruthy();
  await fireEvent.keyDown(dialog, { key: 'Escape' });
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  expect(screen.getByTestId('chat')).toBeTruthy();
});
