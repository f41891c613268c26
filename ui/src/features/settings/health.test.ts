import { expect, it } from 'vitest';
import type { Answered, SignIn } from '../../backend/backend';
import { FakeBackend, refusal } from '../../backend/fake';
import { Checkup } from './health.svelte';

const method: SignIn = { id: 'browser', name: 'Browser', description: null, way: { kind: 'agent' } };

it('looks again after a sign-in', async () => {
  const backend = new FakeBackend();
  const checkup = new Checkup(backend, 'a');
  await checkup.signIn(method);
  expect(backend.calls).toEqual([
    ['signIn', 'a', 'browser'],
    ['examineAgent', 'a'],
  ]);
  expect(checkup.health?.state.kind).toBe('ready');
});

it('tells why a sign-in failed, but not that the person gave it up', async () => {
  const backend = new FakeBackend();
  let settle: (answer: Answered<null>) => void = () => undefined;
  backend.signIn = () => new Promise((done) => (settle = done));
  const checkup = new Checkup(backend, 'a');
  const failed = checkup.signIn(method);
  settle({ status: 'error', error: refusal('The browser could not be opened.') });
  await failed;
  expect(checkup.signing.error?.message).toBe('The browser could not be opened.');
  const given = checkup.signIn(method);
  await checkup.cancel();
  settle({ status: 'error', error: refusal('The sign-in was cancelled.') });
  await given;
  expect(checkup.signing.error).toBeNull();
});
