// Stories through the whole window, against the fake backend.
import { cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/svelte';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Ask, Card } from '../backend/backend';
import { FakeBackend, agentEntry, answerEntry, card, entry, promptEntry, refusal, summary } from '../backend/fake';
import App from './App.svelte';

beforeEach(() => localStorage.clear());
afterEach(() => {
  cleanup();
  delete document.documentElement.dataset['theme'];
});

const ask: Ask = {
  kind: 'permission',
  title: 'Run cargo test',
  call: null,
  options: [
    { id: 'o1', name: 'Allow', kind: 'allow_once' },
    { id: 'o2', name: 'Reject', kind: 'reject_once' },
  ],
  fields: [],
};

/** A workspace with one session that asks for permission. */
function asking(): FakeBackend {
  const fake = withProject();
  const pending = [{ id: 'r1', kind: 'permission' as const, title: ask.title, since: 0, quick: null }];
  const base = card('w1');
  const asks: Card = {
    ...base,
    workspace: { ...base.workspace, name: 'Fix the parser' },
    sessions: [
      {
        id: 's1',
        agent: 'practice',
        title: 'Practice',
        run: { kind: 'working' },
        since: 0,
        activity: null,
        quiet: null,
        pending,
        queued: 0,
        undelivered: 0,
        turn: 1,
        turnEndedAt: null,
        closedAt: null,
        createdAt: 0,
      },
    ],
    status: { ...base.status, reason: 'needs_permission', label: 'Needs permission', need: 'urgent', seen: false },
  };
  fake.cards.set('w1', asks);
  fake.conversations.set('s1', {
    session: summary('s1', {
      state: { kind: 'working', incarnation: 1 },
      pending: [{ id: 'r1', session: 's1', ask, since: 0 }],
      queue: [
        {
          id: 'm2',
          session: 's1',
          position: 2,
          text: 'later please',
          attachments: [],
          author: 'person',
          state: 'queued',
          createdAt: 0,
        },
      ],
    }),
    offers: { commands: [], options: [], images: null },
    entries: [
      promptEntry(0, 'Fix it'),
      answerEntry(1, 'On **it**'),
      entry(2, { kind: 'request', request: 'r1', ask, outcome: { kind: 'pending' } }),
    ],
    more: false,
    revision: 3,
  });
  return fake;
}

function withProject(): FakeBackend {
  const fake = new FakeBackend();
  fake.projects = [{ id: 'p1', name: 'engine', path: '/engine', defaultBranch: 'main' }];
  fake.agentList = [agentEntry({ id: 'practice', name: 'Practice agent', isDefault: true })];
  return fake;
}

async function window(fake: FakeBackend) {
  render(App, { backend: fake });
  await waitFor(() => expect(fake.calls.some(([name]) => name === 'agents')).toBe(true));
  return { called: (wanted: string) => fake.calls.filter(([name]) => name === wanted) };
}

const click = async (testid: string) => fireEvent.click(await screen.findByTestId(testid));
const type = async (testid: string, value: string) =>
  fireEvent.input(await screen.findByTestId(testid), { target: { value } });

it('a newcomer opens the practice project and starts the first task', async () => {
  const fake = withProject();
  fake.projects = [];
  const { called } = await window(fake);
  await click('open-practice');
  await type('prompt', 'Say hello');
  await click('create-workspace');
  expect(called('createWorkspace')[0]?.[1]).toEqual({
    project: 'p-practice',
    agent: null,
    base: null,
    prompt: 'Say hello',
  });
  const made = await screen.findByTestId('card-w1-new');
  expect(made.dataset['column']).toBe('working');
  expect(made.dataset['reason']).toBe('setting_up');
});

it('a project that is refused is explained in the dialog', async () => {
  await window(new FakeBackend());
  await click('add-project');
  await type('project-path', 'nowhere');
  await click('project-add-confirm');
  const dialog = await screen.findByRole('dialog');
  expect((await within(dialog).findByTestId('error')).textContent).toContain('There is no folder at “nowhere”.');
});

it('a permission is answered with a click and its outcome is shown', async () => {
  const { called } = await window(asking());
  await click('sidebar-workspace-w1');
  expect((await screen.findByTestId('entry-answer')).innerHTML).toContain('<strong>it</strong>');
  await click('option-allow_once');
  expect(called('answerRequest')).toEqual([['answerRequest', 's1', 'r1', { kind: 'option', id: 'o1' }, null]]);
  await waitFor(() => expect(screen.getByTestId('request-r1').dataset['outcome']).toBe('answered'));
});

it('a permission is answered with one key, and no other key is consent', async () => {
  const { called } = await window(asking());
  await click('sidebar-workspace-w1');
  const request = await screen.findByTestId('request-r1');
  await fireEvent.keyDown(request, { key: 'x' });
  await fireEvent.keyDown(request, { key: 'Enter' });
  expect(called('answerRequest')).toEqual([]);
  await fireEvent.keyDown(request, { key: 'n' });
  expect(called('answerRequest')[0]?.[3]).toEqual({ kind: 'option', id: 'o2' });
});

it('an answer that came too late is an error, and the newest state is shown', async () => {
  const fake = asking();
  fake.answerRequest = () =>
    Promise.resolve({ status: 'error', error: { ...refusal('It was answered before.'), code: 'settled' } });
  const { called } = await window(fake);
  await click('sidebar-workspace-w1');
  await click('option-allow_once');
  await waitFor(() => expect(called('openConversation')).toHaveLength(2));
});

it('Enter sends, but not the Enter that ends a composition', async () => {
  const { called } = await window(asking());
  await click('sidebar-workspace-w1');
  await type('composer', 'and docs');
  const composer = screen.getByTestId('composer');
  await fireEvent.keyDown(composer, { key: 'Enter', isComposing: true });
  await fireEvent.keyDown(composer, { key: 'Enter', keyCode: 229 });
  await fireEvent.keyDown(composer, { key: 'Enter', shiftKey: true });
  expect(called('sendMessage')).toEqual([]);
  await fireEvent.keyDown(composer, { key: 'Enter' });
  expect(called('sendMessage')).toEqual([['sendMessage', 'w1', 's1', null, 'and docs', [], 'queue', {}]]);
});

it('a queued message is taken back into the composer', async () => {
  await window(asking());
  await click('sidebar-workspace-w1');
  const queued = await screen.findByTestId('queued-message');
  await fireEvent.click(within(queued).getByText('Take back'));
  await waitFor(() => expect(screen.getByTestId<HTMLTextAreaElement>('composer').value).toBe('later please'));
  expect(screen.queryByTestId('queued-message')).toBeNull();
});

it('escape twice stops the agent, once does not', async () => {
  const { called } = await window(asking());
  await click('sidebar-workspace-w1');
  const composer = await screen.findByTestId('composer');
  await fireEvent.keyDown(composer, { key: 'Escape' });
  expect(called('stopTurn')).toEqual([]);
  await fireEvent.keyDown(composer, { key: 'Escape' });
  expect(called('stopTurn')).toEqual([['stopTurn', 's1']]);
});

it('a changed file opens its diff', async () => {
  const fake = asking();
  const path = { display: 'src/a b.rs', key: 'k1' };
  const file = {
    path,
    oldPath: null,
    status: 'modified' as const,
    staged: false,
    additions: 1,
    deletions: 1,
    binary: false,
  };
  fake.changes = { against: 'base', files: [file], additions: 1, deletions: 1, truncated: false };
  const line = { oldNumber: 1, newNumber: null, noNewline: false };
  fake.diffs.set('k1', {
    path,
    oldPath: null,
    binary: false,
    tooLarge: false,
    oldMode: '100644',
    newMode: '100755',
    hunks: [
      {
        header: '@@ -1 +1 @@',
        oldStart: 1,
        oldLines: 1,
        newStart: 1,
        newLines: 1,
        lines: [
          { ...line, kind: 'removed', text: 'old words' },
          { ...line, kind: 'added', text: 'new words', oldNumber: null, newNumber: 1 },
        ],
      },
    ],
  });
  await window(fake);
  await click('sidebar-workspace-w1');
  await click('tab-changes');
  const row = await screen.findByTestId('changed-file');
  expect(row.dataset['path']).toBe('src/a b.rs');
  await fireEvent.click(row);
  const diff = await screen.findByTestId('diff');
  expect(diff.textContent).toContain('new words');
  expect(diff.textContent).toContain('Mode 100644 → 100755');
});

it('archiving asks first, and what was archived comes back', async () => {
  const { called } = await window(asking());
  await click('sidebar-workspace-w1');
  await click('archive');
  expect(called('archiveWorkspace')).toEqual([]);
  await click('confirm-archive');
  await waitFor(() => expect(screen.queryByTestId('sidebar-workspace-w1')).toBeNull());
  await click('nav-archived');
  await click('unarchive-w1');
  expect((await screen.findByTestId('workspace-name')).textContent).toBe('Fix the parser');
});

it('a workspace without a conversation starts one with the chosen agent', async () => {
  const fake = withProject();
  fake.cards.set('w1', card('w1'));
  const { called } = await window(fake);
  await click('sidebar-workspace-w1');
  await fireEvent.change(await screen.findByTestId('agent-picker'), { target: { value: 'practice' } });
  await type('composer', 'hello');
  await click('send');
  expect(called('sendMessage')).toEqual([['sendMessage', 'w1', null, 'practice', 'hello', [], 'queue', {}]]);
});

it('a key gives the form for a task the keys, also where it is shown already', async () => {
  await window(withProject());
  const field = await screen.findByTestId('prompt');
  for (const _ of ['shown by itself', 'asked for before']) {
    field.blur();
    await fireEvent.keyDown(document.body, { key: 'n' });
    await waitFor(() => expect(document.activeElement).toBe(field));
  }
});

it('the keys walk over the board and open the palette', async () => {
  await window(asking());
  await screen.findByTestId('card-w1');
  await fireEvent.keyDown(document.body, { key: 'j' });
  expect(document.activeElement?.textContent?.trim()).toBe('Fix the parser');
  await fireEvent.keyDown(document.body, { key: 'k', ctrlKey: true });
  await type('palette-query', 'fix pars');
  await fireEvent.keyDown(screen.getByTestId('palette-query'), { key: 'Enter' });
  expect((await screen.findByTestId('workspace-status')).dataset['reason']).toBe('needs_permission');
});

it('a name is changed in place', async () => {
  const { called } = await window(asking());
  await click('sidebar-workspace-w1');
  await click('workspace-name');
  await type('workspace-name-field', 'Fix the lexer');
  await fireEvent.keyDown(screen.getByTestId('workspace-name-field'), { key: 'Enter' });
  expect(called('renameWorkspace')).toEqual([['renameWorkspace', 'w1', 'Fix the lexer']]);
  await waitFor(() => expect(screen.getByTestId('workspace-name').textContent).toBe('Fix the lexer'));
});

it('the debug view says which revision a card is and why', async () => {
  const fake = asking();
  await window(fake);
  await click('sidebar-workspace-w1');
  await screen.findByTestId('composer');
  await fireEvent.keyDown(document.body, { key: 'D', ctrlKey: true, shiftKey: true });
  const debug = await screen.findByTestId('debug-card');
  expect(within(debug).getByTestId('debug-source').textContent).toBe('test');
  expect(within(debug).getByTestId('debug-revision').textContent).toBe(String(fake.cards.get('w1')?.revision));
});

it('the theme is shown, saved and remembered for the next start', async () => {
  const fake = asking();
  const before = fake.prefs;
  const { called } = await window(fake);
  await click('theme-toggle');
  await waitFor(() => expect(document.documentElement.dataset['theme']).toBe('dark'));
  expect(called('savePreferences')).toEqual([['savePreferences', { ...before, theme: 'dark' }]]);
  expect(localStorage.getItem('theme')).toBe('dark');
});

it('an agent of the person’s own is saved and listed', async () => {
  const { called } = await window(asking());
  await click('nav-settings');
  await click('agent-add');
  await type('agent-name', 'Mine');
  await type('agent-command', '/opt/mine');
  await type('agent-args', '--acp "two words"');
  await click('agent-save');
  expect(called('saveAgent')[0]?.[1]).toEqual({
    id: null,
    name: 'Mine',
    command: '/opt/mine',
    args: ['--acp', 'two words'],
    env: [],
  });
  expect(await screen.findByTestId('agent-mine')).toBeTruthy();
});

it('what the person chose in the tray is shown, and counts as seen', async () => {
  const fake = asking();
  const { called } = await window(fake);
  await screen.findByTestId('card-w1');
  fake.show('w1');
  await screen.findByTestId('chat');
  expect(called('markSeen')).toEqual([['markSeen', 'w1']]);
});

it('the core hears of the first paint and of the first full board', async () => {
  const { called } = await window(asking());
  await waitFor(() => expect(called('reportMoment').map(([, moment]) => moment)).toEqual(['first_paint', 'settled']));
});

it('a feed that can’t be had says so and is tried again', async () => {
  const fake = asking();
  const subscribe = fake.subscribeBoard;
  fake.subscribeBoard = () => Promise.resolve({ status: 'error', error: refusal('The core is gone.') });
  await window(fake);
  expect((await screen.findByTestId('error')).textContent).toContain('The core is gone.');
  fake.subscribeBoard = subscribe;
  await fireEvent.click(screen.getByText('Try again'));
  expect(await screen.findByTestId('card-w1')).toBeTruthy();
});
