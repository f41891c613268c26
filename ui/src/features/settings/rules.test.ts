import { expect, it } from 'vitest';
import type { Rule } from '../../backend/backend';
import { RuleForm, byScope, ruleWords, scopeWords } from './rules.svelte';

it.each([
  [
    { verdict: 'allow', tool: 'execute', command: 'git status', path: null },
    'May run commands that begin with “git status”',
  ],
  [
    { verdict: 'deny', tool: null, command: 'git push', path: null },
    'May never run commands that begin with “git push”',
  ],
  [
    { verdict: 'ask', tool: 'edit', command: null, path: 'migrations' },
    'Must ask before they edit files in “migrations”',
  ],
  [{ verdict: 'deny', tool: null, command: null, path: '/etc' }, 'May never use any tool in “/etc”'],
] as const)('says what %o means', (rule, words) => expect(ruleWords(rule)).toBe(words));

it('names the scope, also of a project that is gone', () => {
  const name = (id: string) => (id === 'p' ? 'engine' : undefined);
  expect(scopeWords({ kind: 'global' }, name)).toBe('Everywhere');
  expect(scopeWords({ kind: 'project', id: 'p' }, name)).toBe('In engine');
  expect(scopeWords({ kind: 'project', id: 'q' }, name)).toBe('In a project that is gone');
});

it('does not take a rule that would fit nothing', () => {
  const form = new RuleForm();
  form.tool = '';
  expect(form.complete).toBe(false);
  form.command = '  cargo test ';
  form.project = 'p';
  expect(form.complete).toBe(true);
  expect(form.draft).toEqual({
    scope: { kind: 'project', id: 'p' },
    verdict: 'allow',
    tool: null,
    command: 'cargo test',
    path: null,
  });
});

it('allows no commands in passing: one has to be named', () => {
  const form = new RuleForm();
  expect(form.complete).toBe(false);
  form.verdict = 'deny';
  expect(form.complete).toBe(true);
  form.verdict = 'allow';
  form.command = 'cargo test';
  expect(form.complete).toBe(true);
});

it('leaves out what the tool can not be about', () => {
  const form = new RuleForm();
  form.command = 'cargo test';
  form.path = 'src';
  expect([form.draft.command, form.draft.path]).toEqual(['cargo test', null]);
  form.tool = 'edit';
  expect([form.draft.command, form.draft.path]).toEqual([null, 'src']);
});

it('lists rules by where they hold, the newest first', () => {
  const rule = (id: string, scope: Rule['scope'], createdAt: number): Rule => ({
    id,
    scope,
    verdict: 'allow',
    tool: 'read',
    command: null,
    path: null,
    createdAt,
  });
  const groups = byScope(
    [
      rule('a', { kind: 'session', id: 's1' }, 1),
      rule('b', { kind: 'project', id: 'p' }, 2),
      rule('c', { kind: 'global' }, 3),
      rule('d', { kind: 'session', id: 's2' }, 4),
      rule('e', { kind: 'global' }, 5),
    ],
    () => 'engine',
  );
  expect(groups.map((group) => [group.title, ...group.rules.map((one) => one.id)])).toEqual([
    ['Everywhere', 'e', 'c'],
    ['In engine', 'b'],
    ['In one conversation', 'd', 'a'],
  ]);
});
