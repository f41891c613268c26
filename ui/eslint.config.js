import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import typescript from 'typescript-eslint';
import house from './lint/layers.js';

export default typescript.config(
  { ignores: ['dist/', 'node_modules/', 'src/backend/bindings.ts'] },
  ...typescript.configs.strict,
  ...svelte.configs.recommended,
  { languageOptions: { globals: { ...globals.browser, ...globals.node } } },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: typescript.parser, extraFileExtensions: ['.svelte'] } },
  },
  {
    plugins: { house },
    rules: {
      'house/layers': 'error',
      'no-console': 'error',
      eqeqeq: ['error', 'always'],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/no-extraneous-class': 'off',
      // Bookkeeping that nothing draws is no state: a plain Map or Set is meant where one is used.
      'svelte/prefer-svelte-reactivity': 'off',
      // Only Markdown.svelte shows HTML, after sanitising it; it says so where it does.
      'svelte/no-at-html-tags': 'error',
    },
  },
  // The generated types are the contract; nobody writes them a second time.
  { files: ['**/*.test.ts'], rules: { '@typescript-eslint/no-non-null-assertion': 'off' } },
);
