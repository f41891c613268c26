import { expect, it } from 'vitest';
import type { AskOption, FormField } from '../../backend/backend';
import { blank, formValues, keyForOption, missing, optionForKey, titleOf } from './request';

const options: AskOption[] = [
  { id: 'once', name: 'Allow', kind: 'allow_once' },
  { id: 'always', name: 'Always allow', kind: 'allow_always' },
  { id: 'also', name: 'Allow for this folder', kind: 'allow_always' },
  { id: 'never', name: 'Reject always', kind: 'reject_always' },
];
const field = (name: string, kind: FormField['kind'], required = false): FormField => ({
  name,
  title: name,
  description: null,
  required,
  kind,
});

it('begins a form with what the agent put into it, where it fits', () => {
  const preset = (kind: FormField['kind'], preset: unknown) =>
    blank({ ...field('f', kind), preset: JSON.stringify(preset) });
  const colours: FormField['kind'] = { kind: 'choice', options: ['red', 'blue'], titles: [] };
  expect(preset(colours, 'blue')).toBe('blue');
  expect(preset(colours, 'green')).toBe('');
  expect(preset({ kind: 'choices', options: ['a', 'b'], titles: [] }, ['b', 'c'])).toEqual(['b']);
  expect(preset({ kind: 'number' }, 3)).toBe('3');
  expect(preset({ kind: 'boolean' }, true)).toBe(true);
  expect(preset({ kind: 'boolean' }, 'yes')).toBe(false);
});

it('a choice is called by its title where it has one', () => {
  const kind: FormField['kind'] & { kind: 'choice' } = { kind: 'choice', options: ['b', 'g'], titles: ['Blue'] };
  expect(titleOf(kind, 'b')).toBe('Blue');
  expect(titleOf(kind, 'g')).toBe('g');
  expect(titleOf({ kind: 'choices', options: ['b'] }, 'b')).toBe('b');
});

it.each([
  ['y', 'once'],
  ['a', 'always'],
  ['n', 'never'],
  ['3', 'also'],
])('the key %s chooses %s', (key, id) => expect(optionForKey(key, options)?.id).toBe(id));

it.each(['x', '5', '0', 'Enter'])('the key %s chooses nothing', (key) => {
  expect(optionForKey(key, options)).toBeUndefined();
});

it('shows the key that chooses the option', () => {
  expect(options.map((option) => keyForOption(option, options))).toEqual(['y', 'a', '3', 'n']);
});

it('never takes a refusal for consent when only refusals are offered', () => {
  const only = options.filter((option) => option.kind === 'reject_always');
  expect(optionForKey('y', only)).toBeUndefined();
  expect(optionForKey('a', only)).toBeUndefined();
});

it('a form says which fields are missing', () => {
  const fields = [
    field('name', { kind: 'text' }, true),
    field('port', { kind: 'number' }),
    field('on', { kind: 'boolean' }, true),
  ];
  expect(missing(fields, { name: ' ', port: 'x' })).toEqual(['name', 'port']);
  expect(missing(fields, { name: 'a', port: '80' })).toEqual([]);
});

it('a form answers typed values and leaves out what is empty', () => {
  const fields = [
    field('name', { kind: 'text' }),
    field('port', { kind: 'number' }),
    field('on', { kind: 'boolean' }),
    field('tags', { kind: 'choices', options: ['a', 'b'] }),
    field('note', { kind: 'text' }),
  ];
  expect(JSON.parse(formValues(fields, { name: 'x', port: '80', tags: ['b'] }))).toEqual({
    name: 'x',
    port: 80,
    on: false,
    tags: ['b'],
  });
});
