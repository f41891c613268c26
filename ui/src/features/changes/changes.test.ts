import { expect, it } from 'vitest';
import type { ChangedFile, FileDiff } from '../../backend/backend';
import { FakeBackend, refusal } from '../../backend/fake';
import { WorkspaceChanges } from './changes.svelte';

const file = (key: string): ChangedFile => ({
  path: { display: key, key },
  oldPath: null,
  status: 'modified',
  staged: false,
  additions: 1,
  deletions: 0,
  binary: false,
});
const diff = (key: string): FileDiff => ({
  path: { display: key, key },
  oldPath: null,
  binary: false,
  tooLarge: false,
  oldMode: null,
  newMode: null,
  hunks: [],
});

function changed(...keys: string[]) {
  const fake = new FakeBackend();
  fake.changes = { against: 'base', files: keys.map(file), additions: 1, deletions: 0, truncated: false };
  for (const key of keys) fake.diffs.set(key, diff(key));
  return { fake, changes: new WorkspaceChanges(fake, 'w1') };
}

it('compares with the base first and with HEAD when asked', async () => {
  const { fake, changes } = changed('a');
  await changes.refresh();
  await changes.compare('head');
  expect(fake.calls.map(([, , against]) => against)).toEqual(['base', 'head']);
  expect(changes.files?.against).toBe('head');
});

it('a diff that was overtaken by another choice is dropped', async () => {
  const { fake, changes } = changed('a', 'b');
  const held: (() => void)[] = [];
  const read = fake.fileDiff;
  fake.fileDiff = async (workspace, against, key) => {
    if (key === 'a') await new Promise<void>((go) => held.push(go));
    return read(workspace, against, key);
  };
  const first = changes.choose('a');
  await changes.choose('b');
  held[0]!();
  await first;
  expect(changes.diff?.path.key).toBe('b');
});

it('closes the diff of a file that is not changed any more', async () => {
  const { fake, changes } = changed('a', 'b');
  await changes.refresh();
  await changes.choose('a');
  fake.changes = { ...fake.changes, files: [file('b')] };
  await changes.refresh();
  expect(changes.chosen).toBeNull();
  expect(changes.diff).toBeNull();
});

it('keeps the files it knows when reading them again fails, and says so', async () => {
  const { fake, changes } = changed('a');
  await changes.refresh();
  fake.workspaceChanges = () => Promise.resolve({ status: 'error', error: refusal('git is busy') });
  await changes.refresh();
  expect(changes.files?.files).toHaveLength(1);
  expect(changes.error?.message).toBe('git is busy');
});
