import { expect, it } from 'vitest';
import type { Ask, AskOption, FormField, ToolContent } from '../../backend/backend';
import { aboutOf, blank, formValues, keyForOption, missing, optionForKey, titleOf } from './request';

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

const permission = (change: Partial<Ask>, content: ToolContent[] = []): Ask => ({
  kind: 'permission',
  title: 'Run the tests',
  call: { call: 'c', tool: 'execute', title: 't', status: 'pending', locations: [], content, input: '{"a":1}' },
  options: [],
  fields: [],
  ...change,
});
const text = (words: string): ToolContent => ({ kind: 'text', text: words, cut: 0 });

it('a command is shown as it is, whatever the agent shows of it', () => {
  const about = aboutOf(permission({ command: 'rm -rf ~' }, [text('npm test')]), '/w');
  expect([about.lines, about.call?.content]).toEqual([['rm -rf ~'], [text('npm test')]]);
  expect(aboutOf(permission({ command: 'npm test' }, [text('npm test\n')]), '/w')).toEqual({
    lines: ['npm test'],
    call: null,
  });
});

it('files that neither the title nor a diff names are said', () => {
  const diff: ToolContent = { kind: 'diff', path: '/w/b.rs', oldText: null, newText: '' };
  const ask = permission({ title: 'Edit a.rs', paths: ['/w/a.rs', '/w/b.rs', '/w/c.rs', '/etc/x'] }, [diff]);
  expect(aboutOf(ask, '/w').lines).toEqual(['c.rs', '/etc/x']);
});

it('a number is one that can be sent, and blanks are none', () => {
  const number = field('n', { kind: 'number' });
  expect(missing([number], { n: '1e999' })).toEqual(['n']);
  expect(missing([number], { n: ' 2 ' })).toEqual([]);
  expect(formValues([number], { n: '  ' })).toBe('{}');
  expect(missing([field('n', { kind: 'number' }, true)], { n: '  ' })).toEqual(['n']);
});
