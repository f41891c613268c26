// Stories of quitting while agents work, through the whole window, against the fake backend.
import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { FakeBackend, card, group } from '../backend/fake';
import App from './App.svelte';

beforeEach(() => localStorage.clear());
afterEach(cleanup);

async function quitting(...working: string[]) {
  const fake = new FakeBackend();
  fake.projects = [{ id: 'p1', name: 'engine', path: '/engine', defaultBranch: 'main' }];
  const sessions = working.map((id) => group(id, { run: { kind: 'working' } }));
  fake.cards.set('w1', card('w1', { sessions }));
  render(App, { backend: fake });
  await screen.findByTestId('card-w1');
  await fireEvent.keyDown(document.body, { key: 'q', ctrlKey: true });
  return () => fake.calls.map(([name]) => name).filter((name) => ['quit', 'quitNow', 'keepRunning'].includes(name));
}

it('who wants to quit while agents work is asked, and may stay', async () => {
  const called = await quitting('s1', 's2', 's3');
  expect((await screen.findByTestId('quit-dialog')).textContent).toContain('3 agents are working');
  await waitFor(() => expect(document.activeElement).toBe(screen.getByTestId('keep-running')));
  await fireEvent.click(screen.getByTestId('keep-running'));
  expect(called()).toEqual(['quit', 'keepRunning']);
  await waitFor(() => expect(screen.queryByTestId('quit-dialog')).toBeNull());
});

it('who means it quits', async () => {
  const called = await quitting('s1');
  expect((await screen.findByTestId('quit-dialog')).textContent).toContain('An agent is working');
  await fireEvent.click(screen.getByTestId('confirm-quit'));
  expect(called()).toEqual(['quit', 'quitNow']);
});

it('nobody is asked when no agent works', async () => {
  const called = await quitting();
  expect(called()).toEqual(['quit']);
  expect(screen.queryByTestId('quit-dialog')).toBeNull();
});
