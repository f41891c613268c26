import { beforeEach, expect, it } from 'vitest';
import { FakeBackend, refusal } from '../../backend/fake';
import { Draft } from './draft.svelte';

beforeEach(() => localStorage.clear());

it('what was typed is there again when the workspace is opened again', () => {
  new Draft(new FakeBackend(), 'w1').text = 'half a thought';
  expect(new Draft(new FakeBackend(), 'w1').text).toBe('half a thought');
  expect(new Draft(new FakeBackend(), 'w2').text).toBe('');
});

it('is empty after it was sent', async () => {
  const fake = new FakeBackend();
  const draft = new Draft(fake, 'w1');
  draft.text = 'hello';
  expect(await draft.send(null, 'practice')).toBe('s-w1');
  expect(fake.calls.at(-1)).toEqual(['sendMessage', 'w1', null, 'practice', 'hello', [], 'queue', {}]);
  expect(new Draft(fake, 'w1').text).toBe('');
});

it('keeps the text when it was refused', async () => {
  const fake = new FakeBackend();
  fake.sendMessage = () => Promise.resolve({ status: 'error', error: refusal('The disk is full.') });
  const draft = new Draft(fake, 'w1');
  draft.text = 'hello';
  expect(await draft.send(null, null)).toBeNull();
  expect(draft.text).toBe('hello');
  expect(draft.error?.message).toBe('The disk is full.');
});

it('is sent once, however often Enter is pressed', async () => {
  const fake = new FakeBackend();
  const draft = new Draft(fake, 'w1');
  draft.text = 'hello';
  await Promise.all([draft.send('s', null), draft.send('s', null)]);
  expect(fake.calls.filter(([name]) => name === 'sendMessage')).toHaveLength(1);
});

it('what is typed while a message is on its way stays', async () => {
  const fake = new FakeBackend();
  const draft = new Draft(fake, 'w1');
  draft.text = 'first';
  const sending = draft.send('s', null);
  draft.text = 'first and second';
  await sending;
  expect(draft.text).toBe('and second');
});

it('white space alone is not a message', async () => {
  const fake = new FakeBackend();
  const draft = new Draft(fake, 'w1');
  draft.text = ' \n ';
  expect(await draft.send('s', null)).toBeNull();
  expect(fake.calls).toEqual([]);
});

it('a message taken back goes before what is typed', () => {
  const draft = new Draft(new FakeBackend(), 'w1');
  draft.text = 'later';
  draft.putBack('earlier');
  expect(draft.text).toBe('earlier\n\nlater');
});
