import { render, screen, waitFor } from '@testing-library/svelte';
import { expect, it } from 'vitest';
import { FakeBackend, card } from '../backend/fake';
import App from './App.svelte';

it('what a restart mended stays in view until the person has read it', async () => {
  const backend = new FakeBackend();
  const plain = card('a');
  backend.projects = [{ id: 'p1', name: 'project', path: '/home/me/project', defaultBranch: 'main' }];
  backend.cards.set('a', { ...plain, workspace: { ...plain.workspace, notice: 'Nothing was lost.' } });
  render(App, { backend });
  await waitFor(() => expect(backend.calls.map(([name]) => name)).toContain('subscribeBoard'));
  backend.show('a');
  expect((await screen.findByTestId('notice')).textContent).toBe('Nothing was lost.');
  expect(backend.calls.map(([name]) => name)).toContain('markSeen');
  screen.getByTestId('dismiss-notice').click();
  await waitFor(() => expect(screen.queryByTestId('notice')).toBeNull());
  expect(backend.calls).toContainEqual(['dismissNotice', 'a']);
});
