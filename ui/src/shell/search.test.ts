// Stories of finding what was said and taking it along, through the whole window.
import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { FakeBackend, answerEntry, card, promptEntry, refusal, summary } from '../backend/fake';
import App from './App.svelte';

beforeEach(() => localStorage.clear());
afterEach(cleanup);

/** A workspace on the board and one that is archived, each with a conversation. */
function talked(): FakeBackend {
  const fake = new FakeBackend();
  fake.projects = [{ id: 'p1', name: 'engine', path: '/engine', defaultBranch: 'main' }];
  const group = {
    id: 's1',
    agent: 'practice',
    title: 'Mend the turbine',
    run: { kind: 'ready' as const },
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
  };
  fake.cards.set('w1', { ...card('w1'), sessions: [group] });
  fake.archived = [{ id: 'w2', project: 'p1', name: 'Old paint', branch: 'b', checkpoint: null, archivedAt: 0 }];
  const open = (id: string, workspace: string, text: string) =>
    fake.conversations.set(id, {
      session: summary(id, { workspace, title: id === 's1' ? 'Mend the turbine' : 'Paint' }),
      entries: [promptEntry(0, 'Hello'), answerEntry(1, text)],
      more: false,
      revision: 1,
      offers: { commands: [], options: [], images: null },
    });
  open('s1', 'w1', 'The rotor is bent.');
  open('s2', 'w2', 'The rotor is blue.');
  return fake;
}

async function search(fake: FakeBackend, text: string) {
  render(App, { backend: fake });
  await screen.findByTestId('card-w1');
  await fireEvent.keyDown(document.body, { key: 'F', ctrlKey: true, shiftKey: true });
  const field = await screen.findByTestId<HTMLInputElement>('search-query');
  await fireEvent.input(field, { target: { value: text } });
  return field;
}

it('what was said is found while it is typed, and the conversation opens at it', async () => {
  const field = await search(talked(), 'rotor bent');
  expect(document.activeElement).toBe(field);
  const hit = await screen.findByTestId('hit');
  expect([...hit.querySelectorAll('mark')].map((mark) => mark.textContent)).toEqual(['rotor', 'bent']);
  await fireEvent.keyDown(field, { key: 'Enter' });
  expect(await screen.findByTestId('composer')).toBeTruthy();
  expect(screen.getByTestId('session-s1').getAttribute('aria-selected')).toBe('true');
});

it('the keys walk over the hits, and Escape empties the field and then leaves', async () => {
  const field = await search(talked(), 'rotor');
  await waitFor(() => expect(screen.getAllByTestId('hit')).toHaveLength(2));
  const on = () => screen.getAllByTestId('hit').map((hit) => hit.getAttribute('aria-selected'));
  expect(on()).toEqual(['true', 'false']);
  await fireEvent.keyDown(field, { key: 'ArrowDown' });
  expect(on()).toEqual(['false', 'true']);
  await fireEvent.keyDown(field, { key: 'Escape' });
  expect(field.value).toBe('');
  await fireEvent.keyDown(field, { key: 'Escape' });
  expect(await screen.findByTestId('card-w1')).toBeTruthy();
});

it('what was said in an archived workspace is found, and it comes back to be read', async () => {
  const fake = talked();
  const field = await search(fake, 'blue');
  expect((await screen.findByTestId('archived-badge')).textContent).toContain('Archived');
  await fireEvent.keyDown(field, { key: 'Enter' });
  expect(fake.calls.some(([name]) => name === 'unarchiveWorkspace')).toBe(false);
  await fireEvent.click(await screen.findByTestId('confirm-restore'));
  expect((await screen.findByTestId('workspace-name')).textContent).toBe('Old paint');
});

it('what nobody said is told as such, and coming back shows what was looked for', async () => {
  const field = await search(talked(), 'xylophone');
  expect(await screen.findByTestId('search-nothing')).toBeTruthy();
  await fireEvent.input(field, { target: { value: 'rotor' } });
  await screen.findAllByTestId('hit');
  await fireEvent.click(screen.getByTestId('nav-board'));
  await fireEvent.click(screen.getByTestId('nav-search'));
  expect((await screen.findByTestId<HTMLInputElement>('search-query')).value).toBe('rotor');
  expect(await screen.findAllByTestId('hit')).toHaveLength(2);
});

it('a conversation is exported to where the person said, and that is told', async () => {
  const fake = talked();
  render(App, { backend: fake });
  await fireEvent.click(await screen.findByTestId('sidebar-workspace-w1'));
  await screen.findByTestId('composer');
  const choose = async (title: string) => {
    await fireEvent.keyDown(document.body, { key: 'k', ctrlKey: true });
    const query = await screen.findByTestId('palette-query');
    await fireEvent.input(query, { target: { value: title } });
    await fireEvent.keyDown(query, { key: 'Enter' });
  };
  await choose('export markdown');
  expect((await screen.findByTestId('told')).textContent).toContain('/home/me/Documents/conversation.md');
  const exported = fake.calls.find(([name]) => name === 'exportSession');
  expect(exported?.slice(1)).toEqual(['s1', 'markdown', '/home/me/Documents/conversation.md', 'keep']);

  fake.exportSession = () => Promise.resolve({ status: 'error', error: refusal('The disk is full.') });
  await choose('export json');
  expect((await screen.findByTestId('error')).textContent).toContain('The disk is full.');
  expect(screen.queryByTestId('told')).toBeNull();
});

it('who changed their mind about an export is left in peace', async () => {
  const fake = talked();
  fake.pickExportPath = () => Promise.resolve({ status: 'ok', data: null });
  render(App, { backend: fake });
  await fireEvent.click(await screen.findByTestId('sidebar-workspace-w1'));
  await fireEvent.keyDown(document.body, { key: 'k', ctrlKey: true });
  const query = await screen.findByTestId('palette-query');
  await fireEvent.input(query, { target: { value: 'export json' } });
  await fireEvent.keyDown(query, { key: 'Enter' });
  await new Promise((resolve) => setTimeout(resolve));
  expect(fake.calls.some(([name]) => name === 'exportSession')).toBe(false);
  expect(screen.queryByTestId('told')).toBeNull();
});
