// The story of a second agent that reads what the first one did, through the whole window, against the fake backend.
import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { FakeBackend, agentEntry, card, group, summary } from '../backend/fake';
import App from './App.svelte';

beforeEach(() => localStorage.clear());
afterEach(cleanup);

async function worked(reviewAgent: string | null) {
  const fake = new FakeBackend();
  fake.projects = [{ id: 'p1', name: 'engine', path: '/engine', defaultBranch: 'main' }];
  fake.agentList = [
    agentEntry({ id: 'practice', name: 'Practice agent', isDefault: true }),
    agentEntry({ id: 'codex', name: 'Codex' }),
    agentEntry({ id: 'gemini', name: 'Gemini CLI', path: null }),
  ];
  fake.prefs = { ...fake.prefs, reviewAgent };
  const git = { files: 2, additions: 9, deletions: 1, staged: 0, unpushed: 0, behind: 0 };
  fake.cards.set('w1', card('w1', { sessions: [group('s1')], git }));
  fake.conversations.set('s1', {
    session: summary('s1', {}),
    offers: { commands: [], options: [], images: null },
    entries: [],
    more: false,
    revision: 1,
  });
  render(App, { backend: fake });
  await fireEvent.click(await screen.findByTestId('sidebar-workspace-w1'));
  return fake;
}

const composer = () => screen.findByTestId<HTMLTextAreaElement>('composer');

async function review() {
  await fireEvent.click(screen.getByTestId('workspace-menu'));
  await fireEvent.click(await screen.findByTestId('menu-review'));
}

it('a review is asked of the agent that was chosen for it, in words that can be changed first', async () => {
  const fake = await worked('codex');
  await review();
  await waitFor(async () => expect((await composer()).value).toMatch(/^Review what this branch changed since main/));
  // Asked twice it is written once.
  await review();
  expect((await composer()).value.match(/Review what/g)).toHaveLength(1);
  await fireEvent.click(screen.getByTestId('send'));
  await waitFor(() => {
    const sent = fake.calls.find(([name]) => name === 'sendMessage');
    expect(sent?.slice(1, 4)).toEqual(['w1', null, 'codex']);
  });
});

it('without one that is there, the workspace’s own agent reviews', async () => {
  const fake = await worked('gemini');
  await review();
  await waitFor(async () => expect((await composer()).value).toContain('Review what'));
  await fireEvent.click(screen.getByTestId('send'));
  await waitFor(() => {
    const sent = fake.calls.find(([name]) => name === 'sendMessage');
    expect(sent?.slice(1, 4)).toEqual(['w1', null, 'practice']);
  });
});
