import { expect, it } from 'vitest';
import { FakeBackend, card } from '../backend/fake';
import { Feed } from '../backend/feed.svelte';
import { Terminals } from '../backend/terminals.svelte';
import { Docks } from '../features/terminal/docks.svelte';
import { Settings } from '../backend/settings.svelte';
import type { SessionGroup } from '../backend/backend';
import { actions, cardMenu, everyShortcut, type Parts } from './actions';
import { Shell } from './shell.svelte';

function parts(): Parts {
  const backend = new FakeBackend();
  const feed = new Feed(backend);
  const pending = [{ id: 'r', kind: 'permission' as const, title: '', since: 0 }];
  const session = { id: 's', run: { kind: 'working' }, pending } as unknown as SessionGroup;
  feed.cards.set('w', { ...card('w'), sessions: [session] });
  feed.projects = [{ id: 'p1', name: 'engine', path: '/e', defaultBranch: 'main' }];
  const shell = new Shell(backend, feed);
  const docks = new Docks(backend, new Terminals(backend));
  return {
    backend,
    feed,
    settings: new Settings(backend),
    shell,
    docks,
    card: () => feed.cards.get('w'),
    focus: () => {},
  };
}

it('every shortcut of an action is on the page that teaches them', () => {
  const all = parts();
  const onBoard = actions(all);
  all.shell.open('w');
  const used = [...onBoard, ...actions(all)].flatMap((one) => [one.shortcut, one.also]);
  const taught = everyShortcut.map((one) => one.shortcut);
  expect(used.filter((key) => key && !/^Mod\+[1-9]$/.test(key) && !taught.includes(key))).toEqual([]);
});

it('no two actions have the same shortcut or id', () => {
  const all = parts();
  for (const open of [false, true]) {
    if (open) all.shell.open('w');
    const keys = actions(all).flatMap((one) => (one.shortcut ? [one.shortcut] : []));
    expect(new Set(keys).size).toBe(keys.length);
    const ids = actions(all).map((one) => one.id);
    expect(new Set(ids).size).toBe(ids.length);
  }
});

it('the menu of a card ends with archiving, which only asks', () => {
  const all = parts();
  const last = cardMenu(all, card('w')).at(-1);
  if (last?.kind !== 'action') throw new Error('the last item is no action');
  last.run();
  expect(last.danger).toBe(true);
  expect(all.shell.archiving).toBe('w');
});
