import { beforeEach, expect, it } from 'vitest';
import type { Message } from '../../backend/backend';
import { Edits } from './edits.svelte';

beforeEach(() => localStorage.clear());

const message = (id: string, text: string): Message => ({
  id,
  session: 's1',
  position: 0,
  text,
  attachments: [],
  author: 'person',
  state: 'queued',
  createdAt: 0,
});

it('what is written for a message is there again after a reload, until it is saved or given up', () => {
  const edits = new Edits('s1');
  edits.write(message('m1', 'old'), 'old and new');
  const again = new Edits('s1');
  expect([again.text('m1'), again.text('m2')]).toEqual(['old and new', null]);
  again.forget('m1');
  expect(new Edits('s1').text('m1')).toBeNull();
});

it('what was written for a message that went meanwhile is handed back once, the unchanged is not', () => {
  const edits = new Edits('s1');
  edits.write(message('m1', 'old'), 'new');
  edits.write(message('m2', 'same'), 'same');
  edits.write(message('m3', 'stays'), 'stays here');
  expect(edits.orphans([message('m3', 'stays')])).toEqual(['new']);
  expect(edits.orphans([message('m3', 'stays')])).toEqual([]);
  expect(edits.text('m3')).toBe('stays here');
});
