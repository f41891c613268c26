import { beforeEach, expect, it } from 'vitest';
import type { Attachment } from '../../backend/backend';
import { FakeBackend, refusal } from '../../backend/fake';
import { Draft, draftOf } from './draft.svelte';

beforeEach(() => localStorage.clear());

const file: Attachment = { kind: 'file', name: 'src/a.rs', path: '/tree/src/a.rs' };

it('what was typed and put along is there again when the conversation is opened again', () => {
  const draft = new Draft(new FakeBackend(), 'w1', 's1');
  draft.text = 'half a thought';
  draft.attachments = [file];
  const again = new Draft(new FakeBackend(), 'w1', 's1');
  expect([again.text, again.attachments]).toEqual(['half a thought', [file]]);
  const other = new Draft(new FakeBackend(), 'w1', 's2');
  expect([other.text, other.attachments]).toEqual(['', []]);
});

it('is empty after it was sent', async () => {
  const fake = new FakeBackend();
  const draft = new Draft(fake, 'w1');
  draft.text = 'hello';
  draft.attachments = [file];
  draft.choose('practice', 'mode', 'plan');
  expect(await draft.send('practice')).toBe('s-w1');
  expect(fake.calls.at(-1)).toEqual([
    'sendMessage',
    'w1',
    null,
    'practice',
    'hello',
    [file],
    'queue',
    { mode: 'plan' },
  ]);
  const again = new Draft(fake, 'w1');
  expect([again.text, again.attachments]).toEqual(['', []]);
});

it('a conversation that exists has its agent and its options already', async () => {
  const fake = new FakeBackend();
  const draft = new Draft(fake, 'w1', 's1');
  draft.text = 'hello';
  draft.choose('practice', 'mode', 'plan');
  await draft.send('practice', 'now');
  expect(fake.calls.at(-1)).toEqual(['sendMessage', 'w1', 's1', null, 'hello', [], 'now', {}]);
});

it('keeps everything when it was refused', async () => {
  const fake = new FakeBackend();
  fake.sendMessage = () => Promise.resolve({ status: 'error', error: refusal('The disk is full.') });
  const draft = new Draft(fake, 'w1');
  draft.text = 'hello';
  draft.attachments = [file];
  expect(await draft.send(null)).toBeNull();
  expect([draft.text, draft.attachments]).toEqual(['hello', [file]]);
  expect(draft.error?.message).toBe('The disk is full.');
});

it('is sent once, however often Enter is pressed', async () => {
  const fake = new FakeBackend();
  const draft = new Draft(fake, 'w1', 's');
  draft.text = 'hello';
  await Promise.all([draft.send(null), draft.send(null)]);
  expect(fake.calls.filter(([name]) => name === 'sendMessage')).toHaveLength(1);
});

it('what is typed and put along while a message is on its way stays', async () => {
  const draft = new Draft(new FakeBackend(), 'w1', 's');
  draft.text = 'first';
  const sending = draft.send(null);
  draft.text = 'first and second';
  draft.attachments = [file];
  await sending;
  expect([draft.text, draft.attachments]).toEqual(['and second', [file]]);
});

it('white space alone is not a message, a picture alone is', async () => {
  const draft = new Draft(new FakeBackend(), 'w1', 's');
  draft.text = ' \n ';
  expect(draft.ready).toBe(false);
  await draft.attachBlob(new Blob(['x'], { type: 'image/png' }), 'shot.png');
  expect(draft.ready).toBe(true);
});

it('a message taken back goes before what is typed, with what went along', () => {
  const draft = new Draft(new FakeBackend(), 'w1');
  draft.text = 'later';
  draft.putBack('earlier', [file]);
  draft.putBack('', [file]);
  expect([draft.text, draft.attachments]).toEqual(['earlier\n\nlater', [file]]);
});

it('what can’t be put along says why, and the rest stays', async () => {
  const fake = new FakeBackend();
  fake.attachBytes = () => Promise.resolve({ status: 'error', error: refusal('The picture is larger than 10 MiB.') });
  const draft = new Draft(fake, 'w1');
  draft.attachments = [file];
  await draft.attachBlob(new Blob(['x'], { type: 'image/png' }), 'shot.png');
  expect(draft.error?.message).toBe('The picture is larger than 10 MiB.');
  expect([draft.attachments, draft.attaching]).toEqual([[file], 0]);
});

it('bytes reach the core as they were pasted', async () => {
  const fake = new FakeBackend();
  const draft = new Draft(fake, 'w1');
  await draft.attachBlob(new Blob(['hello'], { type: 'text/plain' }), 'note.txt');
  expect(fake.calls.find(([name]) => name === 'attachBytes')).toEqual([
    'attachBytes',
    'note.txt',
    'text/plain',
    'aGVsbG8=',
  ]);
});

it('a conversation that is left and opened again has the same draft, with what was on its way', async () => {
  const fake = new FakeBackend();
  const draft = draftOf(fake, 'w1', 's1');
  draft.text = 'first';
  const sending = draft.send(null);
  const again = draftOf(fake, 'w1', 's1');
  again.text = 'first and second';
  await sending;
  expect(again.text).toBe('and second');
  expect(new Draft(fake, 'w1', 's1').text).toBe('and second');
  expect(draftOf(fake, 'w1', null)).not.toBe(again);
});

it('what was typed while a conversation began goes on in it', async () => {
  const fake = new FakeBackend();
  const draft = draftOf(fake, 'w1', null);
  draft.text = 'begin';
  const sending = draft.send('practice');
  draft.text = 'begin, and also';
  draft.attachments = [file];
  const begun = draftOf(fake, 'w1', await sending);
  begun.takeOver(draft);
  expect([begun.text, begun.attachments]).toEqual([', and also', [file]]);
  expect([draft.text, draft.attachments]).toEqual(['', []]);
});

it('what was chosen for one agent is not sent to another, nor to the next conversation', async () => {
  const fake = new FakeBackend();
  const draft = new Draft(fake, 'w1');
  draft.text = 'hello';
  draft.choose('claude', 'model', 'opus');
  expect(draft.choices('codex')).toEqual({});
  await draft.send('codex');
  expect(fake.calls.at(-1)?.at(-1)).toEqual({});
  draft.choose('claude', 'model', 'opus');
  draft.text = 'again';
  await draft.send('claude');
  expect(draft.choices('claude')).toEqual({});
});

it('what can’t be read says so, and sending works on', async () => {
  const draft = new Draft(new FakeBackend(), 'w1', 's1');
  draft.text = 'hello';
  const folder = { size: 0, type: '' } as Blob;
  await draft.attachBlob(folder, 'src');
  expect(draft.error?.message).toBe('“src” could not be put along.');
  expect([draft.attaching, draft.ready]).toEqual([0, true]);
  await draft.attachBlob({ size: 2 ** 31, type: 'video/mp4' } as Blob, 'film.mp4');
  expect(draft.error?.hint).toBe('It is larger than 10 MiB.');
});
