// Stories on the settings page, through the whole window, against the fake backend.
import { cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/svelte';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { FakeBackend, agentEntry, refusal, terminal } from '../backend/fake';
import App from './App.svelte';

// The emulator needs a browser that draws; here it is enough that the dialog is there.
vi.mock('../features/terminal/screen', () => {
  const nothing = () => undefined;
  const screen = { write: nothing, focus: nothing, fit: nothing, recolour: nothing, close: nothing };
  return { openScreen: () => Promise.resolve(screen) };
});

beforeEach(() => localStorage.clear());
afterEach(cleanup);

function settled(): FakeBackend {
  const fake = new FakeBackend();
  fake.projects = [{ id: 'p1', name: 'engine', path: '/engine', defaultBranch: 'main' }];
  fake.agentList = [
    agentEntry({ id: 'codex', name: 'Codex', version: '2.5.0', tested: '2.6.0', isDefault: true }),
    agentEntry({ id: 'gemini', name: 'Gemini CLI', path: null, install: 'Install it with: npm install -g gemini' }),
  ];
  return fake;
}

async function page(fake: FakeBackend) {
  render(App, { backend: fake });
  await click('nav-settings');
  await screen.findByTestId('agent-codex');
  return { called: (wanted: string) => fake.calls.filter(([name]) => name === wanted) };
}

const click = async (testid: string) => fireEvent.click(await screen.findByTestId(testid));
const choose = async (testid: string, value: string) =>
  fireEvent.change(await screen.findByTestId(testid), { target: { value } });
const type = async (testid: string, value: string) =>
  fireEvent.input(await screen.findByTestId(testid), { target: { value } });

it('an agent says its version and how it was tested, a missing one how to get it', async () => {
  await page(settled());
  expect(screen.getByTestId('agent-codex').textContent).toMatch(/2\.5\.0.*tested with 2\.6\.0/);
  expect(screen.getByTestId('install-gemini').textContent).toContain('npm install -g gemini');
  expect(screen.queryByTestId('examine-gemini')).toBeNull();
});

it('an agent that wants a sign-in gets it in a terminal and is looked at again after', async () => {
  const fake = settled();
  fake.health = {
    ...fake.health,
    state: { kind: 'sign_in_needed', said: 'Authentication required' },
    methods: [{ id: 'login', name: 'Log in', description: null, way: { kind: 'terminal' } }],
  };
  const { called } = await page(fake);
  await click('examine-codex');
  const health = await screen.findByTestId('health-codex');
  await waitFor(() => expect(health.dataset['state']).toBe('sign_in_needed'));
  expect(health.textContent).toContain('You have to sign in. Authentication required');
  await fireEvent.click(within(health).getByText('Sign in in a terminal'));
  fake.putTerminals(terminal('t-sign-in', { workspace: null, title: 'Sign in to Codex' }));
  const dialog = await screen.findByRole('dialog');
  fake.health = { ...fake.health, state: { kind: 'ready' }, methods: [] };
  await fireEvent.click(within(dialog).getByText('Done'));
  await waitFor(() => expect(screen.getByTestId('health-codex').dataset['state']).toBe('ready'));
  expect(called('signInTerminal')).toEqual([['signInTerminal', 'codex', 'login']]);
  expect(called('examineAgent')).toHaveLength(2);
});

it('a key that a sign-in needs is withheld until the person lets the agent have it', async () => {
  const fake = settled();
  const way = { kind: 'variables' as const, names: ['SOME_API_KEY', 'OTHER_KEY'] };
  fake.health = { ...fake.health, methods: [{ id: 'key', name: 'API key', description: null, way }] };
  const { called } = await page(fake);
  await click('examine-codex');
  const method = await screen.findByTestId('health-codex');
  await waitFor(() => expect(method.textContent).toContain('is set, but withheld'));
  expect(method.textContent).toContain('OTHER_KEY is not set');
  await click('let-SOME_API_KEY');
  expect(called('saveAgentEnvironment')).toEqual([['saveAgentEnvironment', 'codex', ['SOME_API_KEY'], []]]);
});

it('a key of its own that is set but withheld can be let through right there', async () => {
  const fake = settled();
  fake.agentList = [
    agentEntry({ id: 'codex', name: 'Codex', signIn: 'Sign in.', keys: ['SOME_API_KEY', 'UNSET_KEY'] }),
  ];
  const { called } = await page(fake);
  await click('agent-more-codex');
  await click('let-SOME_API_KEY');
  expect(screen.getByTestId('health-codex').textContent).not.toContain('UNSET_KEY');
  expect(called('saveAgentEnvironment')).toEqual([['saveAgentEnvironment', 'codex', ['SOME_API_KEY'], []]]);
  await waitFor(() => expect(called('examineAgent')).toHaveLength(1));
  expect(screen.getByTestId('health-codex').textContent).toContain('asks for no sign-in before its first message');
});

it('an agent that can’t be started says why and what to do', async () => {
  const fake = settled();
  const failed = { kind: 'failed' as const, message: 'It ended at once.', hint: 'Install it again.', detail: null };
  fake.health = { ...fake.health, state: failed };
  await page(fake);
  await click('examine-codex');
  expect((await screen.findByTestId('error')).textContent).toMatch(/It ended at once\..*Install it again\./);
});

it('a rule is made for one project, listed there, and revoked', async () => {
  const fake = settled();
  const { called } = await page(fake);
  await click('rule-add');
  await choose('rule-verdict', 'deny');
  await type('rule-command', ' git push ');
  await choose('rule-project', 'p1');
  expect(screen.getByTestId('rule-words').textContent).toBe('May never run commands that begin with “git push”.');
  await click('rule-save');
  expect(called('addRule')[0]?.[1]).toEqual({
    scope: { kind: 'project', id: 'p1' },
    verdict: 'deny',
    tool: 'execute',
    command: 'git push',
    path: null,
  });
  await waitFor(() => expect(screen.getByTestId('rules').textContent).toMatch(/In engine.*git push/));
  await click('revoke-rule1');
  await waitFor(() => expect(screen.queryByTestId('rule-rule1')).toBeNull());
});

it('a rule that the core refuses stays in the form with the reason', async () => {
  const fake = settled();
  fake.addRule = () => Promise.resolve({ status: 'error', error: refusal('Only one plain command.') });
  await page(fake);
  await click('rule-add');
  await type('rule-command', 'a && b');
  await click('rule-save');
  const form = screen.getByTestId('rule-form');
  await waitFor(() => expect(form.textContent).toContain('Only one plain command.'));
});

it('modes are set for everything and for one project', async () => {
  const { called } = await page(settled());
  await click('policy-allow_reads');
  await click('project-open-p1');
  await choose('project-policy', 'ask');
  expect(called('setPolicyMode')).toEqual([
    ['setPolicyMode', { kind: 'global' }, 'allow_reads'],
    ['setPolicyMode', { kind: 'project', id: 'p1' }, 'ask'],
  ]);
});

it('a project’s instructions, checks and agent are stored as they are left', async () => {
  const fake = settled();
  await page(fake);
  await click('project-open-p1');
  await choose('project-instructions', 'Be brief.');
  await choose('project-checks', 'cargo test');
  await choose('project-agent', 'codex');
  await waitFor(() =>
    expect(fake.settings.get('p1')).toEqual({ instructions: 'Be brief.', checks: 'cargo test', agent: 'codex' }),
  );
});

it('limits are kept within their bounds, and an idle agent may never sleep', async () => {
  const fake = settled();
  await page(fake);
  await choose('max-live', '100');
  await choose('sleep-after', '');
  await choose('review-agent', 'codex');
  expect(fake.prefs).toMatchObject({ maxLiveAgents: 64, sleepAfterMinutes: null, reviewAgent: 'codex' });
  expect(screen.getByTestId<HTMLInputElement>('max-live').value).toBe('64');
  await choose('quiet-after', '');
  expect(fake.prefs.quietAfterMinutes).toBe(10);
  expect(screen.getByTestId<HTMLInputElement>('quiet-after').value).toBe('10');
});
