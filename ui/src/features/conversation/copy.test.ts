import { expect, it } from 'vitest';
import type { ToolCall } from '../../backend/backend';
import { answerEntry, entry, promptEntry } from '../../backend/fake';
import { turnText } from './copy';

const call = (title: string): ToolCall => ({
  call: title,
  tool: 'other',
  title,
  status: 'completed',
  locations: [],
  content: [],
  input: null,
});

it('a turn is its prompt quoted, its tools as a list, and its answers', () => {
  const turn = [
    promptEntry(0, 'Fix it.\nAnd test.'),
    entry(1, { kind: 'thought', text: 'Hm.' }),
    entry(2, { kind: 'tool', call: call('Read a.rs') }),
    entry(3, { kind: 'tool', call: call('Edit a.rs') }),
    answerEntry(4, 'Done.'),
    entry(5, { kind: 'turn_end', reason: 'end_turn', millis: 5 }),
  ];
  expect(turnText(turn)).toBe('> Fix it.\n> And test.\n\n- Read a.rs (completed)\n- Edit a.rs (completed)\n\nDone.');
});
