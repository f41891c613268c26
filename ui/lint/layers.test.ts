import { Linter, type ESLint } from 'eslint';
import { describe, expect, it } from 'vitest';
import house from './layers.js';

function messages(file: string, code: string): string[] {
  const linter = new Linter();
  const config = {
    files: ['**/*.ts'],
    plugins: { house: house as ESLint.Plugin },
    rules: { 'house/layers': 'error' as const },
  };
  return linter.verify(code, [config], { filename: file }).map((message) => message.message);
}

describe('the rooms of the window', () => {
  it('a feature may use backend and design', () => {
    const code = "import '../../backend/cards';\nimport '../../design/time';\nimport './filter';";
    expect(messages('src/features/board/a.ts', code)).toEqual([]);
  });
  it('a feature never imports another, and the message names both and the way out', () => {
    const [message] = messages('src/features/board/a.ts', "import '../sidebar/rows';");
    expect(message).toContain('features/board may not import features/sidebar');
    expect(message).toContain('belongs in backend/');
  });
  it('design imports nothing of ours', () => {
    expect(messages('src/design/a.ts', "import '../backend/backend';")[0]).toContain('nothing of ours');
  });
  it('nobody but backend imports Tauri', () => {
    const code = "import { invoke } from '@tauri-apps/api/core';";
    expect(messages('src/shell/a.ts', code)[0]).toContain('Only backend/ imports Tauri');
    expect(messages('src/backend/tauri.ts', code)).toEqual([]);
  });
  it('a feature never reaches for the shell', () => {
    expect(messages('src/features/board/a.ts', "import '../../shell/navigation';")[0]).toContain(
      'only shell/ composes',
    );
  });
  it('the fake backend stays out of the product', () => {
    expect(messages('src/main.ts', "import { FakeBackend } from './backend/fake';")[0]).toContain(
      'never enters the product',
    );
    expect(messages('src/preview.ts', "import { FakeBackend } from './backend/fake';")).toEqual([]);
  });
});
