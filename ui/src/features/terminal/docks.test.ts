import { beforeEach, expect, it } from 'vitest';
import { FakeBackend, refusal, terminal } from '../../backend/fake';
import { Terminals } from '../../backend/terminals.svelte';
import { Docks } from './docks.svelte';

beforeEach(() => localStorage.clear());

async function docks(fake = new FakeBackend()) {
  const terminals = new Terminals(fake);
  await terminals.subscribe();
  return { fake, docks: new Docks(fake, terminals) };
}

it('the first opening starts a shell, the next ones show it again', async () => {
  const { fake, docks: mine } = await docks();
  await mine.toggle('w1');
  expect(mine.shown('w1')?.id).toBe('t1');
  await mine.toggle('w1');
  expect(mine.isOpen('w1')).toBe(false);
  await mine.toggle('w1');
  expect(mine.isOpen('w1')).toBe(true);
  expect(fake.calls.filter(([name]) => name === 'openTerminal')).toHaveLength(1);
});

it('a new terminal is shown, another can be chosen, and each workspace has its own', async () => {
  const { docks: mine } = await docks();
  await mine.add('w1');
  await mine.add('w1');
  await mine.add('w2');
  expect(mine.shown('w1')?.id).toBe('t2');
  mine.choose('w1', 't1');
  expect(mine.shown('w1')?.id).toBe('t1');
  expect(mine.shown('w2')?.id).toBe('t3');
});

it('closing the last terminal folds the dock, closing another does not', async () => {
  const { docks: mine } = await docks();
  await mine.add('w1');
  await mine.add('w1');
  await mine.close('w1', 't2');
  expect([mine.isOpen('w1'), mine.shown('w1')?.id]).toEqual([true, 't1']);
  await mine.close('w1', 't1');
  expect(mine.isOpen('w1')).toBe(false);
});

it('which docks are open survives a reload, and starts no shell by itself', async () => {
  const { fake, docks: mine } = await docks();
  await mine.add('w1');
  fake.putTerminals();
  const again = await docks(fake);
  expect(again.docks.isOpen('w1')).toBe(true);
  expect(again.docks.shown('w1')).toBeUndefined();
  expect(again.docks.focus).toBe(false);
});

it('a shell that can’t be opened is explained in the dock', async () => {
  const fake = new FakeBackend();
  fake.putTerminals(terminal('t1', { workspace: 'other' }));
  fake.openTerminal = () => Promise.resolve({ status: 'error', error: refusal('There is no shell.') });
  const { docks: mine } = await docks(fake);
  await mine.toggle('w1');
  expect([mine.isOpen('w1'), mine.error?.message]).toEqual([true, 'There is no shell.']);
});

it('folding gives the focus back to where it came from', async () => {
  const field = document.body.appendChild(document.createElement('input'));
  field.focus();
  const { docks: mine } = await docks();
  await mine.toggle('w1');
  field.blur();
  mine.fold('w1');
  expect(document.activeElement).toBe(field);
  field.remove();
});
