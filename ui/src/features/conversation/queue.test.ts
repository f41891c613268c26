import { expect, it } from 'vitest';
import type { Message, MessageState } from '../../backend/backend';
import { beside, dropped } from './queue';

const message = (id: string, state: MessageState = 'queued'): Message => ({
  id,
  session: 's',
  position: 0,
  text: id,
  attachments: [],
  author: 'person',
  state,
  createdAt: 0,
});
const queue = [message('a'), message('b'), message('c')];
const middles = new Map([
  ['a', 10],
  ['b', 30],
  ['c', 50],
]);

it('a message moves by one, and not beyond the ends', () => {
  expect(beside(queue, 'b', 'up')).toBe('a');
  expect(beside(queue, 'a', 'up')).toBeUndefined();
  expect(beside(queue, 'a', 'down')).toBe('c');
  expect(beside(queue, 'b', 'down')).toBeNull();
  expect(beside(queue, 'c', 'down')).toBeUndefined();
});

it('none goes before the one that is being sent', () => {
  const sending = [message('a', 'sending'), message('b'), message('c')];
  expect(beside(sending, 'b', 'up')).toBeUndefined();
  expect(dropped(sending, 'c', 0, middles)).toBe('b');
});

it('a dragged message goes where it is let go, or stays', () => {
  expect(dropped(queue, 'c', 5, middles)).toBe('a');
  expect(dropped(queue, 'a', 40, middles)).toBe('c');
  expect(dropped(queue, 'a', 99, middles)).toBeNull();
  expect(dropped(queue, 'a', 20, middles)).toBeUndefined();
  expect(dropped(queue, 'c', 60, middles)).toBeUndefined();
});
