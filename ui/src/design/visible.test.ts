import { expect, it } from 'vitest';
import { hides, visible } from './visible';

it('names what can’t be seen and what turns the order around', () => {
  expect(visible('rm \u202Etxt.exe\u202C')).toBe('rm ‹U+202E›txt.exe‹U+202C›');
  expect(visible('gi\u200Bt\u00A0push\u2028x\u0008')).toBe('gi‹U+200B›t‹U+00A0›push‹U+2028›x‹U+0008›');
  expect(visible('\u{E0041}\u3164\r')).toBe('‹U+E0041›‹U+3164›‹U+000D›');
});

it('leaves what can be seen as it is', () => {
  const plain = 'cargo test\n\t# ünïcode, עברית, 漢字 🚀';
  expect(visible(plain)).toBe(plain);
  expect([hides(plain), hides('a\u202Eb')]).toEqual([false, true]);
});
