import { expect, it } from 'vitest';
import type { OptionCategory, SessionOption } from '../../backend/backend';
import { choiceItems, inOrder, valueWords } from './options';

const option = (id: string, category: OptionCategory, change: Partial<SessionOption> = {}): SessionOption => ({
  id,
  name: id,
  description: null,
  category,
  current: 'a',
  choices: [
    { value: 'a', name: 'Alpha', description: null, group: 'Small' },
    { value: 'b', name: 'Beta', description: 'More', group: 'Large' },
  ],
  ...change,
});

it('mode comes before model, thinking and others, whatever the agent’s order', () => {
  const options = [
    option('web', 'other'),
    option('think', 'thinking'),
    option('model', 'model'),
    option('mode', 'mode'),
  ];
  expect(inOrder(options).map((one) => one.id)).toEqual(['mode', 'model', 'think', 'web']);
});

it('a value is said in its own words, a switch as on or off', () => {
  expect(valueWords(option('model', 'model'))).toBe('Alpha');
  expect(valueWords(option('Effort', 'thinking', { current: 'b' }))).toBe('Effort: Beta');
  expect(valueWords(option('Web', 'other', { choices: [], current: 'true' }))).toBe('Web: on');
  expect(valueWords(option('model', 'model', { current: 'gone' }))).toBe('gone');
});

it('choices stand under their groups, the present one is checked', () => {
  const chosen: string[] = [];
  const items = choiceItems(option('Model', 'model'), (value) => chosen.push(value));
  expect(items.map((item) => (item.kind === 'line' ? '-' : item.label))).toEqual([
    'Model',
    'Small',
    'Alpha',
    'Large',
    'Beta',
  ]);
  const beta = items.at(-1);
  if (beta?.kind === 'action') beta.run();
  expect(chosen).toEqual(['b']);
});
