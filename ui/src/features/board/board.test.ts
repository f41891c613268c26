import { expect, it } from 'vitest';
import type { Card, Status } from '../../backend/backend';
import { FakeBackend, card } from '../../backend/fake';
import { Feed } from '../../backend/feed.svelte';
import { BoardView } from './board.svelte';

function waiting(id: string, status: Partial<Status>, name = id): Card {
  const base = card(id);
  return { ...base, workspace: { ...base.workspace, name }, status: { ...base.status, ...status } };
}

function board(cards: Card[], project: string | null = null) {
  const feed = new Feed(new FakeBackend());
  for (const one of cards) feed.cards.set(one.id, one);
  feed.projects = [{ id: 'p1', name: 'engine', path: '/e', defaultBranch: 'main' }];
  return { feed, view: new BoardView(feed, () => project) };
}

const ids = (view: BoardView) => view.columns.map((column) => column.cards.map((one) => one.id));

it('waiting shows urgent first, then unseen, then who waits longest', () => {
  const { view } = board([
    waiting('old', { since: 1 }),
    waiting('unseen', { since: 5, seen: false }),
    waiting('urgent', { since: 9, need: 'urgent' }),
    waiting('older', { since: 0 }),
  ]);
  expect(ids(view)).toEqual([[], ['urgent', 'unseen', 'older', 'old']]);
});

it('a working card keeps its place whatever it does', () => {
  const at = (id: string, createdAt: number, since: number) => {
    const one = waiting(id, { column: 'working', since });
    return { ...one, workspace: { ...one.workspace, createdAt } };
  };
  const { feed, view } = board([at('a', 1, 10), at('b', 2, 5)]);
  const layout = view.layout;
  feed.cards.set('b', { ...at('b', 2, 1), revision: 2 });
  expect(ids(view)[0]).toEqual(['a', 'b']);
  expect(view.layout).toBe(layout);
});

it('what is off the board is not shown', () => {
  const { view } = board([waiting('gone', { column: null, reason: 'archiving' })]);
  expect(ids(view)).toEqual([[], []]);
});

it('filters by words in name, branch, project and detail', () => {
  const { view } = board([waiting('a', { detail: 'cargo test' }, 'Fix parser'), waiting('b', {}, 'Docs')]);
  view.text = 'PARSER cargo';
  expect(ids(view)[1]).toEqual(['a']);
  view.text = 'engine';
  expect(ids(view)[1]).toEqual(['a', 'b']);
});

it('shows one project when one is chosen', () => {
  const other = card('b');
  const { view } = board([card('a'), { ...other, workspace: { ...other.workspace, project: 'p2' } }], 'p2');
  expect(ids(view)[1]).toEqual(['b']);
});

it('the keys walk in reading order and stay at the ends', () => {
  const { view } = board([waiting('w', { column: 'working' }), waiting('a', {}), waiting('b', { since: 1 })]);
  expect(view.next(1)).toBe('w');
  view.cursor = 'w';
  expect(view.next(1)).toBe('a');
  view.cursor = 'b';
  expect(view.next(1)).toBe('b');
  view.cursor = 'gone';
  expect(view.next(-1)).toBe('w');
});
