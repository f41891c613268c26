import { expect, it } from 'vitest';
import { unsaid } from './asked';

it('a title that is the command, with or without the verb, says it', () => {
  expect(unsaid('cargo test', ['cargo test'])).toEqual([]);
  expect(unsaid('Run cargo test', ['cargo test '])).toEqual([]);
  expect(unsaid('Edit src/a.rs', ['src/a.rs', 'src/b.rs'])).toEqual(['src/b.rs']);
});

it('a title that only holds the command hides nothing of it', () => {
  expect(unsaid('Run the tests (never rm -rf ~)', ['rm -rf ~'])).toEqual(['rm -rf ~']);
  expect(unsaid('Skip rm -rf ~', ['rm -rf ~'])).toEqual(['rm -rf ~']);
  expect(unsaid('cargo test', ['cargo test\nrm -rf ~'])).toEqual(['cargo test\nrm -rf ~']);
});
