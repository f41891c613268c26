import { expect, it } from 'vitest';
import { joinArguments, readVariables, splitArguments } from './agent-form.svelte';

it.each([
  ['--acp  -v', ['--acp', '-v']],
  ['--name "two words" \'and $more\'', ['--name', 'two words', 'and $more']],
  ['a\\ b ""', ['a b', '']],
  ['"say \\"hi\\""', ['say "hi"']],
  ['', []],
])('splits %s as a shell would', (line, args) => expect(splitArguments(line)).toEqual(args));

it.each([[['--acp', 'two words', 'say "hi"', '', 'back\\slash', "it's"]]])(
  'joins so that it splits the same',
  (args) => {
    expect(splitArguments(joinArguments(args))).toEqual(args);
  },
);

it('reads variables, whose values may hold equals signs', () => {
  expect(readVariables('A=1\n\nno name\n=x\n B =c=d')).toEqual([
    { name: 'A', value: '1' },
    { name: 'B', value: 'c=d' },
  ]);
});
