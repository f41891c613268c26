import { flushSync } from 'svelte';
import { beforeEach, expect, it } from 'vitest';
import type { Message } from '../../backend/backend';
import { FakeBackend, refusal, summary } from '../../backend/fake';
import { Talk } from './talk.svelte';

beforeEach(() => localStorage.clear());

const nothing = () => undefined;
const view = { show: nothing, last: () => 0, takenBack: nothing, cameBack: nothing };

/** A conversation that is open. */
async function talking(fake: FakeBackend, change: Parameters<typeof summary>[1] = {}) {
  fake.conversations.set('s1', {
    session: summary('s1', change),
    entries: [],
    offers: { commands: [], options: [], images: null },
    more: false,
    revision: 1,
  });
  let talk: Talk | undefined;
  const done = $effect.root(() => {
    talk = new Talk(fake, { workspace: 'w1', session: 's1', agent: null }, view);
  });
  if (!talk) throw new Error('no conversation');
  await talk.begun?.conversation.open();
  flushSync();
  return { talk, done };
}

const message: Message = {
  id: 'm1',
  session: 's1',
  position: 0,
  text: 'old',
  attachments: [],
  author: 'person',
  state: 'queued',
  createdAt: 0,
};

it('Enter with nothing written leaves a closed conversation closed', async () => {
  const fake = new FakeBackend();
  const { talk, done } = await talking(fake, { closedAt: 1 });
  expect(await talk.send('queue')).toBeNull();
  expect(fake.calls.map(([name]) => name)).not.toContain('reopenSession');
  talk.draft.text = 'go on';
  expect(await talk.send('queue')).toBe('s1');
  expect(fake.calls.map(([name]) => name).slice(-2)).toEqual(['reopenSession', 'sendMessage']);
  done();
});

it('a message is kept where its conversation can’t be opened again', async () => {
  const fake = new FakeBackend();
  fake.reopenSession = () => Promise.resolve({ status: 'error', error: refusal('It is gone.') });
  const { talk, done } = await talking(fake, { closedAt: 1 });
  talk.draft.text = 'go on';
  expect(await talk.send('queue')).toBeNull();
  expect([talk.error?.message, talk.draft.text]).toEqual(['It is gone.', 'go on']);
  done();
});

it('what was written for a message that went meanwhile comes back into the field', async () => {
  const fake = new FakeBackend();
  const { talk, done } = await talking(fake, { queue: [message] });
  talk.draft.text = 'later';
  talk.begun?.edits.write(message, 'old, and new');
  talk.rescueEdits();
  expect(talk.draft.text).toBe('later');
  fake.live('s1', { queue: [] });
  talk.rescueEdits();
  expect([talk.draft.text, talk.error?.message]).toEqual([
    'old, and new\n\nlater',
    'The message went before your change of it was saved.',
  ]);
  done();
});

it('a message is taken back as the core has it', async () => {
  const fake = new FakeBackend();
  fake.takeBackMessage = () => Promise.resolve({ status: 'ok', data: 'changed elsewhere' });
  const { talk, done } = await talking(fake, { queue: [message] });
  await talk.begun?.queue.takeBack(message);
  expect(talk.draft.text).toBe('changed elsewhere');
  done();
});
