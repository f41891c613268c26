import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Answered, SearchHit, SearchRequest, SearchResults } from '../../backend/backend';
import { FakeBackend, answerEntry, promptEntry, refusal, summary } from '../../backend/fake';
import { Finder, bySession } from './search.svelte';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const found = (session: string, ordinal: number): SearchHit => ({
  hit: {
    session,
    sessionTitle: session,
    workspace: 'w',
    entry: `${session}${ordinal}`,
    ordinal,
    kind: 'answer',
    turn: 1,
    at: 0,
    snippet: [{ text: 'it', marked: true }],
  },
  project: 'p1',
  workspaceName: 'W',
  archived: false,
});
const page = (hits: SearchHit[], next: string | null = null, unread = 0): Answered<SearchResults> => ({
  status: 'ok',
  data: { hits, next, unread },
});

/** A finder whose questions are kept until the test answers them. */
function asked() {
  const fake = new FakeBackend();
  const requests: SearchRequest[] = [];
  const gives: ((answer: Answered<SearchResults>) => void)[] = [];
  fake.searchTranscripts = (request) => {
    requests.push(request);
    return new Promise((give) => gives.push(give));
  };
  const finder = new Finder(fake, () => 'p1');
  const give = async (at: number, answer: Answered<SearchResults>) => {
    gives[at]?.(answer);
    await vi.advanceTimersByTimeAsync(0);
  };
  return { finder, requests, give };
}

it('asks once when typing rests, for the project that is shown', async () => {
  const { finder, requests } = asked();
  finder.type('f');
  await vi.advanceTimersByTimeAsync(100);
  finder.type('fix');
  await vi.advanceTimersByTimeAsync(100);
  expect(requests).toEqual([]);
  await vi.advanceTimersByTimeAsync(20);
  expect(requests).toEqual([{ text: 'fix', project: 'p1', workspace: null, kinds: [], after: null }]);
});

it('the newest question wins, whichever answer comes last', async () => {
  const { finder, give } = asked();
  finder.type('old');
  void finder.ask();
  finder.type('new');
  void finder.ask();
  await give(1, page([found('new', 1)]));
  await give(0, page([found('old', 1)]));
  expect(finder.shown.map((one) => one.hit.session)).toEqual(['new']);
});

it('what was found stays until something else is', async () => {
  const { finder, give } = asked();
  finder.type('a');
  void finder.ask();
  await give(0, page([found('s', 1)]));
  finder.type('ab');
  void finder.ask();
  expect(finder.shown).toHaveLength(1);
  await give(1, page([]));
  expect(finder.shown).toHaveLength(0);
  expect(finder.nothing).toBe(true);
  finder.type('');
  await finder.ask();
  expect(finder.nothing).toBe(false);
});

it('says that it waits only after the silence', async () => {
  const { finder, give } = asked();
  finder.type('a');
  void finder.ask();
  await vi.advanceTimersByTimeAsync(140);
  expect(finder.waiting).toBe(false);
  await vi.advanceTimersByTimeAsync(20);
  expect(finder.waiting).toBe(true);
  await give(0, page([]));
  expect(finder.waiting).toBe(false);
});

it('older hits are added, and the keys fetch them at the end', async () => {
  const { finder, requests, give } = asked();
  finder.type('a');
  void finder.ask();
  await give(0, page([found('s', 9), found('t', 8), found('s', 7)], 'c1'));
  expect(finder.shown.map((one) => one.hit.ordinal)).toEqual([9, 7, 8]);
  finder.step(1);
  finder.step(1);
  expect(requests).toHaveLength(1);
  finder.step(1);
  expect(requests[1]?.after).toBe('c1');
  await give(1, page([found('t', 3)]));
  expect(finder.shown.map((one) => one.hit.ordinal)).toEqual([9, 7, 8, 3]);
  expect(finder.current?.hit.ordinal).toBe(8);
  finder.step(1);
  expect(finder.current?.hit.ordinal).toBe(3);
  expect(finder.next).toBeNull();
});

it('asks again while older entries are being read, and no more once the page is left', async () => {
  const { finder, requests, give } = asked();
  finder.type('a');
  void finder.ask();
  await give(0, page([], null, 7000));
  expect(finder.unread).toBe(7000);
  await vi.advanceTimersByTimeAsync(2000);
  expect(requests).toHaveLength(2);
  await give(1, page([found('s', 1)], null, 1000));
  finder.leave();
  await vi.advanceTimersByTimeAsync(5000);
  expect(requests).toHaveLength(2);
});

it('an error stays beside what was found before', async () => {
  const { finder, give } = asked();
  finder.type('a');
  void finder.ask();
  await give(0, page([found('s', 1)]));
  void finder.ask();
  await give(1, { status: 'error', error: refusal('The database could not be used.') });
  expect(finder.error?.message).toBe('The database could not be used.');
  expect(finder.shown).toHaveLength(1);
});

it('a kind narrows what is found', async () => {
  const fake = new FakeBackend();
  const entries = [promptEntry(0, 'fix it'), answerEntry(1, 'fixed it')];
  fake.conversations.set('s', {
    session: summary('s'),
    entries,
    more: false,
    revision: 1,
    offers: { commands: [], options: [], images: null },
  });
  const finder = new Finder(fake, () => null);
  finder.text = 'fix';
  await finder.ask();
  expect(finder.shown).toHaveLength(2);
  finder.choose('prompt');
  await vi.advanceTimersByTimeAsync(0);
  expect(finder.shown.map((one) => one.hit.kind)).toEqual(['prompt']);
});

it('a conversation stands where its newest hit stands', () => {
  const groups = bySession([found('b', 9), found('a', 8), found('b', 7)]);
  expect(groups.map((group) => [group.session, group.hits.length])).toEqual([
    ['b', 2],
    ['a', 1],
  ]);
});
