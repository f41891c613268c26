import { expect, it } from 'vitest';
import { partsOf, syntax } from './syntax';

it('parts are the whole code, whatever the spans say', () => {
  const code = 'let a = 1; // one';
  const parts = partsOf(code, [
    [0, 3, 'keyword'],
    [8, 9, 'number'],
    [8, 9, 'name'],
    [11, 17, 'comment'],
  ]);
  expect(parts.map((part) => part.text).join('')).toBe(code);
  expect(parts.map((part) => part.kind)).toEqual(['keyword', '', 'number', '', 'comment']);
});

it('code stays plain where nothing can read it', async () => {
  expect(await syntax('fn main() {}', 'rust')).toBeNull();
  expect(await syntax('anything', '')).toBeNull();
});
