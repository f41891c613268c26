import { describe, expect, it } from 'vitest';
import { inputText } from './words';

describe('a tool’s input', () => {
  it('is the command itself where there is one', () => {
    expect(inputText('{"command":"sh check.sh"}')).toBe('sh check.sh');
    expect(inputText('{"command":["git","status"],"cwd":"/t"}')).toBe('git status');
  });

  it('is indented JSON otherwise, and stays as it came when it was cut', () => {
    expect(inputText('{"path":"a"}')).toBe('{\n  "path": "a"\n}');
    expect(inputText('{"path":"a')).toBe('{"path":"a');
  });
});
