import { expect, it } from 'vitest';
import { Keymap } from './keymap';

const known = new Map([
  ['g b', 'board'],
  ['n', 'new'],
  ['Mod+K', 'palette'],
  ['Mod+Shift+D', 'debug'],
]);

function press(keymap: Keymap, key: string, init: KeyboardEventInit = {}, target: HTMLElement = document.body) {
  const event = new KeyboardEvent('keydown', { key, bubbles: true, ...init });
  let found: string | null = null;
  const listen = (heard: KeyboardEvent) => (found = keymap.find(heard, known));
  document.body.append(target === document.body ? document.createElement('i') : target);
  window.addEventListener('keydown', listen);
  target.dispatchEvent(event);
  window.removeEventListener('keydown', listen);
  return found;
}

it('finds single keys and keys with Mod', () => {
  const keymap = new Keymap();
  expect(press(keymap, 'n')).toBe('new');
  expect(press(keymap, 'k', { ctrlKey: true })).toBe('palette');
  expect(press(keymap, 'D', { ctrlKey: true, shiftKey: true })).toBe('debug');
});

it('finds two keys in a row', () => {
  const keymap = new Keymap();
  expect(press(keymap, 'g')).toBeNull();
  expect(press(keymap, 'b')).toBe('board');
  expect(press(keymap, 'b')).toBeNull();
});

it('a key that begins nothing forgets the one before', () => {
  const keymap = new Keymap();
  press(keymap, 'g');
  press(keymap, 'x');
  expect(press(keymap, 'b')).toBeNull();
});

it('leaves typing alone, but not Mod', () => {
  const keymap = new Keymap();
  const field = document.createElement('textarea');
  expect(press(keymap, 'n', {}, field)).toBeNull();
  expect(press(keymap, 'k', { ctrlKey: true }, field)).toBe('palette');
});

it('leaves a composition alone', () => {
  expect(press(new Keymap(), 'n', { isComposing: true })).toBeNull();
});
