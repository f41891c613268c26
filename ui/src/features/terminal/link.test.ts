import { expect, it } from 'vitest';
import type { Answered } from '../../backend/backend';
import { FakeBackend, refusal } from '../../backend/fake';
import { Link, type Canvas } from './link.svelte';

/** A screen that draws at once, or when it is told to. */
function screen(drawing: 'at once' | 'later' = 'at once') {
  const waiting: (() => void)[] = [];
  let shown = '';
  const canvas: Canvas = {
    write(bytes, drawn) {
      shown += new TextDecoder().decode(bytes);
      if (drawing === 'at once') drawn();
      else waiting.push(drawn);
    },
  };
  return { canvas, shown: () => shown, draw: () => waiting.splice(0).forEach((drawn) => drawn()) };
}

const calls = (fake: FakeBackend, wanted: string) => fake.calls.filter(([name]) => name === wanted);

it('what the program prints is drawn, and acknowledged in handfuls once it is', async () => {
  const fake = new FakeBackend();
  const { canvas, shown, draw } = screen('later');
  const link = new Link(fake, 't1');
  await link.attach(canvas);
  fake.print('t1', 'x'.repeat(60_000));
  fake.print('t1', 'y'.repeat(10_000));
  expect(shown()).toHaveLength(70_000);
  expect(calls(fake, 'acknowledgeTerminal')).toEqual([]);
  draw();
  expect(calls(fake, 'acknowledgeTerminal')).toEqual([['acknowledgeTerminal', 't1', 1, 70_000]]);
});

it('what is typed while a call is under way goes with the next one, in order', async () => {
  const fake = new FakeBackend();
  const answers: ((value: Answered<null>) => void)[] = [];
  const sent: string[] = [];
  fake.writeTerminal = (_, text) => {
    sent.push(text);
    return new Promise((answer) => answers.push(answer));
  };
  const link = new Link(fake, 't1');
  for (const key of ['l', 's', '\r']) link.type(key);
  expect(sent).toEqual(['l']);
  answers[0]!({ status: 'ok', data: null });
  await expect.poll(() => sent).toEqual(['l', 's\r']);
});

it('a screen that was left draws and acknowledges no more, also when it is left before it is attached', async () => {
  const fake = new FakeBackend();
  const { canvas, shown } = screen();
  const link = new Link(fake, 't1');
  const attaching = link.attach(canvas);
  link.leave();
  fake.print('t1', 'too late');
  await attaching;
  expect(shown()).toBe('');
  expect(calls(fake, 'detachTerminal')).toEqual([['detachTerminal', 't1', 1]]);
});

it('a program that reads nothing is told about, one that ended is not', async () => {
  const fake = new FakeBackend();
  const link = new Link(fake, 't1');
  const refused = (code: 'failed' | 'settled') =>
    Promise.resolve({ status: 'error' as const, error: { ...refusal('no'), code } });
  fake.writeTerminal = () => refused('settled');
  link.type('a');
  await expect.poll(() => link.error).toBe(null);
  fake.writeTerminal = () => refused('failed');
  link.type('b');
  await expect.poll(() => link.error?.message).toBe('no');
});
