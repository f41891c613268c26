import { expect, it, vi } from 'vitest';
import type { Conversation, ConversationUpdate, Entry } from '../../backend/backend';
import { FakeBackend, answerEntry, promptEntry, summary } from '../../backend/fake';
import { OpenConversation } from './conversation.svelte';

class Hands extends FakeBackend {
  opened: ((update: ConversationUpdate) => void)[] = [];
  answers: Conversation[] = [];
  beforeAnswer: ConversationUpdate[] = [];
  override openConversation: FakeBackend['openConversation'] = async (_session, onUpdate) => {
    this.opened.push(onUpdate);
    for (const update of this.beforeAnswer) onUpdate(update);
    await Promise.resolve();
    const data = this.answers[Math.min(this.opened.length, this.answers.length) - 1]!;
    return { status: 'ok', data };
  };
}

const conversation = (entries: Entry[], revision: number, more = false): Conversation => ({
  session: summary('s'),
  entries,
  offers: { commands: [], options: [], images: null },
  more,
  revision,
});

async function open(answers: Conversation[], early: ConversationUpdate[] = []) {
  const hands = new Hands();
  hands.answers = answers;
  hands.beforeAnswer = early;
  const frames: (() => void)[] = [];
  const chat = new OpenConversation(hands, 's', (run) => frames.push(run));
  await chat.open();
  const paint = () => frames.splice(0).forEach((run) => run());
  return { hands, chat, paint, frames, send: (update: ConversationUpdate) => hands.opened.at(-1)!(update) };
}

const texts = (chat: OpenConversation) =>
  chat.pages
    .here()
    .map(({ entry: { body } }) => (body.kind === 'answer' || body.kind === 'prompt' ? body.text : body.kind));

it('shows what it was opened with', async () => {
  const { chat } = await open([conversation([promptEntry(0, 'hello'), answerEntry(1, 'hi')], 4)]);
  expect(texts(chat)).toEqual(['hello', 'hi']);
});

it('an update that is contained already changes nothing', async () => {
  const { chat, send, paint } = await open([conversation([answerEntry(0, 'hi')], 4)]);
  send({ kind: 'transcript', revision: 4, changes: [{ kind: 'append', entry: 'e0', text: ' hi' }] });
  paint();
  expect(texts(chat)).toEqual(['hi']);
});

it('updates that come before the answer are applied after it', async () => {
  const early: ConversationUpdate[] = [
    { kind: 'transcript', revision: 4, changes: [{ kind: 'append', entry: 'e0', text: 'twice' }] },
    { kind: 'transcript', revision: 5, changes: [{ kind: 'put', entry: answerEntry(1, 'next') }] },
  ];
  const { chat } = await open([conversation([answerEntry(0, 'hi')], 4)], early);
  expect(texts(chat)).toEqual(['hi', 'next']);
});

it('text that streams in is joined once per frame', async () => {
  const { chat, send, paint, frames } = await open([conversation([answerEntry(0, 'a')], 0)]);
  send({ kind: 'transcript', revision: 1, changes: [{ kind: 'append', entry: 'e0', text: 'b' }] });
  send({ kind: 'transcript', revision: 2, changes: [{ kind: 'append', entry: 'e0', text: 'c' }] });
  expect(frames).toHaveLength(1);
  expect(texts(chat)).toEqual(['a']);
  paint();
  expect(texts(chat)).toEqual(['abc']);
});

it('the new whole of an entry swallows text that waited for the frame', async () => {
  const { chat, send, paint } = await open([conversation([answerEntry(0, 'a')], 0)]);
  send({ kind: 'transcript', revision: 1, changes: [{ kind: 'append', entry: 'e0', text: 'b' }] });
  send({ kind: 'transcript', revision: 2, changes: [{ kind: 'put', entry: answerEntry(0, 'ab') }] });
  paint();
  expect(texts(chat)).toEqual(['ab']);
});

it('a gap makes it open anew', async () => {
  const { hands, chat, send } = await open([
    conversation([answerEntry(0, 'old')], 1),
    conversation([answerEntry(0, 'old'), answerEntry(1, 'missed')], 5),
  ]);
  send({ kind: 'transcript', revision: 3, changes: [] });
  await expect.poll(() => texts(chat)).toEqual(['old', 'missed']);
  expect(hands.opened).toHaveLength(2);
});

it('what an earlier opening still sends is dropped', async () => {
  const { hands, chat, paint } = await open([conversation([answerEntry(0, 'a')], 1)]);
  await chat.open();
  hands.opened[0]!({ kind: 'transcript', revision: 2, changes: [{ kind: 'append', entry: 'e0', text: 'x' }] });
  paint();
  expect(texts(chat)).toEqual(['a']);
});

it('a change of an entry that is not loaded is left for when it is fetched', async () => {
  const { chat, send } = await open([conversation([answerEntry(5, 'five')], 0, true)]);
  send({ kind: 'transcript', revision: 1, changes: [{ kind: 'put', entry: answerEntry(2, 'two') }] });
  expect(texts(chat)).toEqual(['five']);
});

it('after it was left an answer that comes late is ignored', async () => {
  const hands = new Hands();
  hands.answers = [conversation([answerEntry(0, 'late')], 0)];
  const chat = new OpenConversation(hands, 's', (run) => run());
  const opening = chat.open();
  chat.leave();
  await opening;
  expect(texts(chat)).toEqual([]);
});

it('asks the window itself for frames, as browsers insist', async () => {
  const hands = new Hands();
  hands.answers = [conversation([answerEntry(0, 'a')], 0)];
  const receivers: unknown[] = [];
  vi.stubGlobal('requestAnimationFrame', function (this: unknown, run: () => void) {
    receivers.push(this);
    run();
  });
  const chat = new OpenConversation(hands, 's');
  await chat.open();
  hands.opened[0]!({ kind: 'transcript', revision: 1, changes: [{ kind: 'append', entry: 'e0', text: 'b' }] });
  vi.unstubAllGlobals();
  expect(receivers.length).toBeGreaterThan(0);
  expect(receivers.filter((receiver) => receiver !== undefined)).toEqual([]);
});

it('what takes long to draw is drawn half of the time, and none of it is lost', async () => {
  const { chat, send, paint, frames } = await open([conversation([answerEntry(0, 'x')], 0)]);
  vi.useFakeTimers();
  const append = (revision: number, text: string) =>
    send({ kind: 'transcript', revision, changes: [{ kind: 'append', entry: 'e0', text }] });
  append(1, 'y');
  paint();
  vi.advanceTimersByTime(200);
  paint();
  append(2, 'z');
  append(3, '!');
  expect(frames).toHaveLength(0);
  vi.advanceTimersByTime(200);
  paint();
  vi.useRealTimers();
  expect(texts(chat)).toEqual(['xyz!']);
});
