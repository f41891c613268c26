import { describe, expect, test } from 'vitest';
import { InTurn } from './in-turn';

/** A call that is answered when told so. */
function call(log: string[], name: string) {
  let answer = () => {};
  const answered = new Promise<void>((resolve) => (answer = resolve));
  return {
    answer,
    make: () => {
      log.push(name);
      return answered;
    },
  };
}

describe('calls about one thing', () => {
  test('wait for each other', async () => {
    const log: string[] = [];
    const turns = new InTurn();
    const [open, leave, again] = [call(log, 'open'), call(log, 'leave'), call(log, 'again')];
    const all = [open, leave, again].map((one) => turns.run('s1', one.make));
    await Promise.resolve();
    expect(log).toEqual(['open']);
    open.answer();
    await all[0];
    expect(log).toEqual(['open', 'leave']);
    leave.answer();
    again.answer();
    await Promise.all(all);
    expect(log).toEqual(['open', 'leave', 'again']);
  });

  test('of different things do not', async () => {
    const log: string[] = [];
    const turns = new InTurn();
    void turns.run('s1', call(log, 'one').make);
    void turns.run('s2', call(log, 'other').make);
    await Promise.resolve();
    expect(log).toEqual(['one', 'other']);
  });

  test('go on after one that failed', async () => {
    const turns = new InTurn();
    const failed = turns.run('s1', () => Promise.reject(new Error('no')));
    const next = turns.run('s1', () => Promise.resolve('yes'));
    await expect(failed).rejects.toThrow('no');
    expect(await next).toBe('yes');
  });
});
