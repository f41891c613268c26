import { expect, it } from 'vitest';
import type { Answered, FileHit, SlashCommand } from '../../backend/backend';
import { Completion, begun, fitting } from './completion.svelte';

const command = (name: string, description = ''): SlashCommand => ({ name, description, hint: null });
const commands = [
  command('compact', 'Make the context smaller'),
  command('review', 'Look at changes'),
  command('help'),
];
const hit = (path: string): FileHit => ({ path, ranges: [] });

function popup(files: (query: string) => Promise<Answered<FileHit[]>> = async () => ({ status: 'ok', data: [] })) {
  return new Completion(() => commands, files);
}

it.each([
  ['/', 1, 'command', ''],
  ['/re', 3, 'command', 're'],
  ['see @src/le', 11, 'file', 'src/le'],
  ['@', 1, 'file', ''],
  ['(@a', 3, 'file', 'a'],
])('%s at %i begins a %s', (text, caret, kind, query) => {
  expect(begun(text, caret)).toMatchObject({ kind, query });
});

it.each([
  ['a /re', 5],
  ['/review now', 11],
  ['/usr/bin', 8],
  ['me@example', 10],
  ['@a b', 4],
])('%s at %i begins nothing', (text, caret) => {
  expect(begun(text, caret)).toBeNull();
});

it('commands that begin with the words come first, then those that speak of them', () => {
  expect(fitting(commands, 're').map((one) => one.name)).toEqual(['review']);
  expect(fitting(commands, 'c').map((one) => one.name)).toEqual(['compact', 'review']);
  expect(fitting(commands, '')).toHaveLength(3);
});

it('an accepted command takes the place of what was typed', async () => {
  const list = popup();
  await list.look('/re', 3);
  expect(list.accept('/re')).toEqual({ text: '/review ', caret: 8, file: null });
  expect(list.open).toBe(false);
});

it('an accepted file stands in the text and goes along', async () => {
  const list = popup(async () => ({ status: 'ok', data: [hit('src/lexer.rs'), hit('src/lex.rs')] }));
  await list.look('see @lex and', 8);
  list.move(1);
  expect(list.accept('see @lex and')).toEqual({ text: 'see @src/lex.rs and', caret: 16, file: 'src/lex.rs' });
});

it('an answer to an earlier question is dropped', async () => {
  const gives: ((answer: Answered<FileHit[]>) => void)[] = [];
  const list = popup(() => new Promise((give) => gives.push(give)));
  const first = list.look('@a', 2);
  const second = list.look('@ab', 3);
  gives[1]?.({ status: 'ok', data: [hit('ab')] });
  gives[0]?.({ status: 'ok', data: [hit('a'), hit('ab')] });
  await Promise.all([first, second]);
  expect(list.items).toHaveLength(1);
});

it('dismissed it stays closed until something else is begun', async () => {
  const list = popup();
  await list.look('/', 1);
  list.dismiss();
  await list.look('/r', 2);
  expect(list.open).toBe(false);
  await list.look('', 0);
  await list.look('/', 1);
  expect(list.open).toBe(true);
});

it('the choice goes around the ends', async () => {
  const list = popup();
  await list.look('/', 1);
  list.move(-1);
  expect(list.at).toBe(2);
  list.move(1);
  expect(list.at).toBe(0);
});
