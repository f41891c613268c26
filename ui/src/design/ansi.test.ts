import { expect, it } from 'vitest';
import { stretches } from './ansi';

const plain = (text: string) =>
  stretches(text)
    .map((part) => part.text)
    .join('');

it('reads colour and bold until they are reset', () => {
  expect(stretches('a\u001b[1;31mred\u001b[0mb')).toEqual([
    { text: 'a', colour: 'plain', bold: false, faint: false },
    { text: 'red', colour: 'red', bold: true, faint: false },
    { text: 'b', colour: 'plain', bold: false, faint: false },
  ]);
});

it('drops what moves the cursor and sets titles', () => {
  expect(plain('\u001b[2K\u001b[1Aone\u001b]0;title\u0007two')).toBe('onetwo');
});

it('takes the nearest colour of the design for the many others', () => {
  const colour = (codes: string) => stretches(`\u001b[${codes}mx`)[0]?.colour;
  expect(colour('38;5;31')).toBe('cyan');
  expect(colour('38;5;196')).toBe('red');
  expect(colour('38;5;240')).toBe('black');
  expect(colour('38;2;250;180;40')).toBe('yellow');
  expect(colour('38;2;240;240;240')).toBe('plain');
  expect(colour('91')).toBe('red');
  expect(colour('37')).toBe('plain');
});

it('a progress line keeps its last state', () => {
  expect(plain('10%\r50%\r100%\ndone\r\n')).toBe('100%\ndone\n');
});

it('a line as long as the core keeps, or of carriage returns alone, is read at once', () => {
  const began = performance.now();
  expect(stretches('x'.repeat(1_000_000))).toHaveLength(1);
  expect(stretches(`${'\r'.repeat(1_000_000)}x`)[0]?.text).toBe('x');
  expect(stretches('one\r\r\ntwo\rthree\r').map((part) => part.text)).toEqual(['one\nthree']);
  expect(performance.now() - began).toBeLessThan(1000);
});
