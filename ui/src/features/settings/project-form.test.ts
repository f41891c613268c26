import { expect, it, vi } from 'vitest';
import type { Answered, ProjectSettings } from '../../backend/backend';
import { FakeBackend, refusal } from '../../backend/fake';
import { ProjectForm } from './project-form.svelte';

it('stores what was changed while the change before was being stored', async () => {
  const backend = new FakeBackend();
  const stored: ProjectSettings[] = [];
  let settle: (answer: Answered<null>) => void = () => undefined;
  backend.saveProjectSettings = (_project, settings) => {
    stored.push(settings);
    return new Promise((done) => (settle = done));
  };
  const form = new ProjectForm(backend, 'p');
  await form.load();
  const first = form.change({ instructions: 'Be brief.' });
  void form.change({ checks: 'cargo test' });
  expect(stored).toHaveLength(1);
  settle({ status: 'ok', data: null });
  await vi.waitFor(() => expect(stored).toHaveLength(2));
  settle({ status: 'ok', data: null });
  await first;
  expect(stored.at(-1)).toEqual({ instructions: 'Be brief.', checks: 'cargo test', agent: null });
  expect(form.saved).toBe(true);
});

it('keeps what was typed when it can not be stored, and tries it again', async () => {
  const backend = new FakeBackend();
  const save = backend.saveProjectSettings;
  backend.saveProjectSettings = () => Promise.resolve({ status: 'error', error: refusal('The disk is full.') });
  const form = new ProjectForm(backend, 'p');
  await form.load();
  await form.change({ instructions: 'Be brief.' });
  expect([form.saving.error?.message, form.wanted?.instructions]).toEqual(['The disk is full.', 'Be brief.']);
  backend.saveProjectSettings = save;
  await form.save();
  expect(backend.settings.get('p')?.instructions).toBe('Be brief.');
});

it('what is still being typed is stored when the form goes', async () => {
  const backend = new FakeBackend();
  const form = new ProjectForm(backend, 'p');
  await form.load();
  form.type({ instructions: 'Be br' });
  expect(backend.settings.get('p')).toBeUndefined();
  form.leave();
  expect(backend.settings.get('p')?.instructions).toBe('Be br');
  form.leave();
  expect(backend.calls.filter(([name]) => name === 'saveProjectSettings')).toHaveLength(1);
});
