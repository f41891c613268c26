import { expect, it } from 'vitest';
import { meaning } from './keys';

const press = (key: string, held: KeyboardEventInit = {}) => new KeyboardEvent('keydown', { key, ...held });
const ctrl = { ctrlKey: true };

it.each([
  ['Escape', {}],
  ['Tab', {}],
  ['w', ctrl],
  ['c', ctrl],
  ['k', ctrl],
  ['v', ctrl],
  ['j', ctrl],
  ['n', {}],
  ['1', { altKey: true }],
])('%s is the program’s', (key, held) => expect(meaning(press(key, held), false)).toBe('program'));

it.each([
  ['`', { ...ctrl, code: 'Backquote' }],
  ['1', ctrl],
  ['J', { ...ctrl, shiftKey: true }],
  ['D', { ...ctrl, shiftKey: true }],
])('%s with its modifiers is the window’s', (key, held) => expect(meaning(press(key, held), false)).toBe('window'));

it('copy and paste have Shift, because Ctrl+C stops a program', () => {
  expect(meaning(press('C', { ...ctrl, shiftKey: true }), false)).toBe('copy');
  expect(meaning(press('V', { ...ctrl, shiftKey: true }), false)).toBe('paste');
  expect(meaning(press('Insert', { shiftKey: true }), false)).toBe('paste');
});

it('on a Mac the command key is the window’s and Control the program’s', () => {
  expect(meaning(press('c', { metaKey: true }), true)).toBe('copy');
  expect(meaning(press('k', { metaKey: true }), true)).toBe('window');
  expect(meaning(press('C', { ...ctrl, shiftKey: true }), true)).toBe('program');
});
