import { expect, it } from 'vitest';
import { stretches } from './ansi';

const plain = (text: string) =>
  stretches(text)
    .map((part) => part.text)
    .join('');

it('reads colour and bold until they are reset', () => {
  expect(stretches('a\u001b[1;31mred\u001b[0mb')).toEqual([
    { text: 'a', colour: 'plain', bold: false },
    { text: 'red', colour: 'red', bold: true },
    { text: 'b', colour: 'plain', bold: false },
  ]);
});

it('drops what moves the cursor and sets titles', () => {
  expect(plain('\u001b[2K\u001b[1Aone\u001b]0;title\u0007two')).toBe('onetwo');
});

it('does not read the parameters of a 256 colour as styles', () => {
  expect(stretches('\u001b[38;5;31mx')).toEqual([{ text: 'x', colour: 'plain', bold: false }]);
});

it('a progress line keeps its last state', () => {
  expect(plain('10%\r50%\r100%\ndone\r\n')).toBe('100%\ndone\n');
});
