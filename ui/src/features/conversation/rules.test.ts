import { expect, it } from 'vitest';
import type { Ask, ToolKind } from '../../backend/backend';
import { commonFolder, firstWords, likenesses, ruleDraft, scopeOf } from './rules';

const root = '/home/me/work';
function ask(tool: ToolKind, change: Partial<Ask>): Ask {
  const call = { call: 'c', tool, title: 't', status: 'pending' as const, locations: [], content: [], input: null };
  return { kind: 'permission', title: 't', call, options: [], fields: [], ...change };
}

it.each([
  ['cargo test -p lexer', 'cargo test'],
  ['npm run build', 'npm run'],
  ['ls -la', 'ls'],
  ['cat src/main.rs', 'cat'],
  ['git', 'git'],
])('of %s the rule is offered for %s', (command, words) => {
  expect(firstWords(command)).toBe(words);
});

it('a command is generalised by its first words, then by its kind', () => {
  const ways = likenesses(ask('execute', { command: 'cargo test -p lexer' }), root);
  expect(ways.map((way) => [way.id, way.command])).toEqual([
    ['command', 'cargo test'],
    ['tool', null],
  ]);
});

it.each(['a && b', 'a; b', 'a | b', 'a > b', 'echo $(b)', 'a\nb', 'a \u202Eb'])(
  'no prefix is offered for %s',
  (command) => {
    expect(likenesses(ask('execute', { command }), root).map((way) => way.id)).toEqual(['tool']);
  },
);

it('an edit is generalised by the folder of its files, without the worktree’s path', () => {
  const [folder] = likenesses(ask('edit', { paths: [`${root}/src/a/x.rs`, `${root}/src/b.rs`] }), root);
  expect(folder).toMatchObject({ id: 'folder', tool: 'edit', path: 'src', words: 'edits in src' });
  const [whole] = likenesses(ask('edit', { paths: [`${root}/a.rs`] }), root);
  expect(whole).toMatchObject({ path: '.', words: 'edits in this worktree' });
});

it('no folder is offered that would be the whole disk', () => {
  expect(commonFolder(['/etc/passwd', '/home/me/x'])).toBeNull();
  expect(commonFolder([])).toBeNull();
});

it('a rule takes the words as the person changed them, and never none', () => {
  const [way] = likenesses(ask('execute', { command: 'cargo test -p lexer' }), root);
  expect(ruleDraft(way!, ' cargo  test -p ', 'allow', { kind: 'global' })).toEqual({
    scope: { kind: 'global' },
    verdict: 'allow',
    tool: null,
    command: 'cargo test -p',
    path: null,
  });
  expect(ruleDraft(way!, '  ', 'allow', { kind: 'global' })).toBeNull();
});

it('reaches are named by their ids', () => {
  expect(scopeOf('session', 's1', 'p1')).toEqual({ kind: 'session', id: 's1' });
  expect(scopeOf('project', 's1', 'p1')).toEqual({ kind: 'project', id: 'p1' });
  expect(scopeOf('global', 's1', 'p1')).toEqual({ kind: 'global' });
});
