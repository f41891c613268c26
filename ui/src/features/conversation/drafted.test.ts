import { beforeEach, expect, it } from 'vitest';
import { FakeBackend } from '../../backend/fake';
import { Draft } from './draft.svelte';
import { tellDrafts } from './drafted';

beforeEach(() => localStorage.clear());

it('tells the core what the drafts of all conversations hold', async () => {
  const fake = new FakeBackend();
  const [one, two] = [new Draft(fake, 'w1', 's1'), new Draft(fake, 'w2')];
  one.attachments = [
    { kind: 'image', id: 'a1', name: 'shot.png', mime: 'image/png', bytes: 3 },
    { kind: 'file', name: 'a.txt', path: '/w/a.txt' },
  ];
  two.attachments = [{ kind: 'text', id: 'a2', name: 'note.txt', bytes: 3 }];
  await tellDrafts(fake);
  const told = fake.calls.filter(([name]) => name === 'keepDrafts');
  expect(told.map(([, ids]) => (ids as string[]).toSorted())).toEqual([['a1', 'a2']]);
});
