import { expect, it } from 'vitest';
import { pastedFiles } from './paste';

const picture = { name: 'image.png', type: 'image/png' } as File;
const paste = (words: string, ...files: File[]) =>
  pastedFiles({ files: files as unknown as FileList, getData: () => words }).length;

it('a picture or files are put along, words with a picture of them stay words', () => {
  expect(paste('', picture)).toBe(1);
  expect(paste('a\tb\n1\t2', picture)).toBe(0);
  expect(paste('/home/me/image.png', picture)).toBe(1);
  expect(paste('a.pdf', { name: 'a.pdf', type: 'application/pdf' } as File, picture)).toBe(2);
  expect(paste('words')).toBe(0);
  expect(pastedFiles(null)).toEqual([]);
});
