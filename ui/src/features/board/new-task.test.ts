import { expect, it } from 'vitest';
import { FakeBackend } from '../../backend/fake';
import { NewTaskForm } from './new-task.svelte';

function withAgents(...pairs: [string, string | null][]): FakeBackend {
  const backend = new FakeBackend();
  for (const [project, agent] of pairs) backend.settings.set(project, { instructions: '', checks: '', agent });
  return backend;
}

it('offers the agent of the project before the preferred one', async () => {
  const form = new NewTaskForm(withAgents(['own', 'codex'], ['none', null]), 'claude');
  expect(form.agent).toBe('claude');
  await form.choose('own');
  expect(form.agent).toBe('codex');
  await form.choose('none');
  expect(form.agent).toBe('claude');
});

it('names no agent that was not picked, so that the project decides also before its settings are read', async () => {
  const backend = withAgents(['own', 'codex']);
  const named: (string | null)[] = [];
  const create = backend.createWorkspace;
  backend.createWorkspace = (task) => {
    named.push(task.agent);
    return create(task);
  };
  const form = new NewTaskForm(backend, 'claude');
  const choosing = form.choose('own');
  await form.create();
  await choosing;
  form.agent = 'gemini';
  await form.create();
  expect(named).toEqual([null, 'gemini']);
});

it('keeps the agent that was picked whatever the project', async () => {
  const form = new NewTaskForm(withAgents(['own', 'codex']), 'claude');
  form.agent = 'gemini';
  await form.choose('own');
  expect(form.agent).toBe('gemini');
});
