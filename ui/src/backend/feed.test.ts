import { expect, it } from 'vitest';
import type { Batch } from './backend';
import { FakeBackend, card } from './fake';
import { Feed } from './feed.svelte';

function batch(sequence: number, change: Partial<Batch> = {}): Batch {
  return { sequence, full: sequence === 0, cards: [], removed: [], projects: null, ...change };
}

/** A backend whose subscriptions are fed by hand. */
class Hands extends FakeBackend {
  channels: ((batch: Batch) => void)[] = [];
  override subscribeBoard: FakeBackend['subscribeBoard'] = async (onBatch) => {
    this.channels.push(onBatch);
    return { status: 'ok', data: null };
  };
}

async function subscribed() {
  const hands = new Hands();
  const feed = new Feed(hands);
  await feed.subscribe();
  return { hands, feed, send: (next: Batch, channel = hands.channels.length - 1) => hands.channels[channel]!(next) };
}

it('a full picture replaces what was there', async () => {
  const { feed, send } = await subscribed();
  send(batch(0, { cards: [card('a'), card('b')] }));
  expect([...feed.cards.keys()]).toEqual(['a', 'b']);
  await feed.subscribe();
  send(batch(0, { cards: [card('b'), card('c')] }));
  expect([...feed.cards.keys()]).toEqual(['b', 'c']);
});

it('is settled by the first full picture, even an empty one', async () => {
  const { feed, send } = await subscribed();
  expect(feed.settled).toBe(false);
  send(batch(0));
  expect(feed.settled).toBe(true);
});

it('an older revision never replaces a newer one', async () => {
  const { feed, send } = await subscribed();
  send(batch(0, { cards: [card('a', { revision: 7 })] }));
  send(batch(1, { cards: [card('a', { revision: 6 })] }));
  expect(feed.cards.get('a')?.revision).toBe(7);
  send(batch(2, { cards: [card('a', { revision: 8 })] }));
  expect(feed.cards.get('a')?.revision).toBe(8);
});

it('a gap makes it subscribe anew', async () => {
  const { hands, feed, send } = await subscribed();
  send(batch(0, { cards: [card('a')] }));
  send(batch(2, { cards: [card('lost')] }));
  expect(hands.channels).toHaveLength(2);
  expect(feed.cards.has('lost')).toBe(false);
  send(batch(0, { cards: [card('a'), card('lost')] }));
  expect(feed.cards.has('lost')).toBe(true);
});

it('what an old subscription still sends is dropped', async () => {
  const { feed, send } = await subscribed();
  send(batch(0, { cards: [card('a')] }));
  await feed.subscribe();
  send(batch(1, { removed: ['a'] }), 0);
  expect(feed.cards.has('a')).toBe(true);
});

it('a batch that comes twice changes nothing', async () => {
  const { hands, feed, send } = await subscribed();
  send(batch(0, { cards: [card('a')] }));
  send(batch(1, { removed: ['a'] }));
  send(batch(1, { removed: ['a'] }));
  expect(hands.channels).toHaveLength(1);
  expect(feed.cards.size).toBe(0);
});

it('only the card that changed is a new value', async () => {
  const { feed, send } = await subscribed();
  send(batch(0, { cards: [card('a'), card('b')] }));
  const before = feed.cards.get('b');
  send(batch(1, { cards: [card('a', { revision: 2 })] }));
  expect(feed.cards.get('b')).toBe(before);
});
