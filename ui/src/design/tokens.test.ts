// The contrast of both themes, and that no component invents a colour.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const css = readFileSync('src/design/tokens.css', 'utf8');
const tokens = new Map(
  [...css.matchAll(/--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)/g)].map((hit) => [
    hit[1]!,
    { light: hit[2]!, dark: hit[3]! },
  ]),
);

function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const part = parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
}

function contrast(a: string, b: string): number {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (high! + 0.05) / (low! + 0.05);
}

const grounds = ['bg', 'surface', 'raised', 'hover', 'selected'];
const text: [string, string][] = [
  ...['text', 'text-muted', 'text-faint'].flatMap((ink) => grounds.map((ground): [string, string] => [ink, ground])),
  ...['accent', 'ok', 'warn', 'bad', 'done'].flatMap((ink): [string, string][] => [
    [ink, 'bg'],
    [ink, 'surface'],
    [ink, 'raised'],
    [ink, `${ink}-tint`],
  ]),
  ['on-accent', 'accent'],
  ['text', 'accent-tint'],
  ['text', 'warn-tint'],
  ['text', 'bad-tint'],
  ['text', 'code'],
  ['text-muted', 'code'],
  ...['diff-added', 'diff-added-word', 'diff-removed', 'diff-removed-word'].map((g): [string, string] => ['text', g]),
  ...['red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'].flatMap((hue): [string, string][] => [
    [`term-${hue}`, 'surface'],
    [`term-bright-${hue}`, 'surface'],
  ]),
  ['term-bright-black', 'surface'],
  ...['comment', 'string', 'number', 'keyword', 'type', 'name'].map((ink): [string, string] => [
    `syntax-${ink}`,
    'code',
  ]),
  ...['red', 'green', 'yellow', 'blue', 'magenta', 'cyan'].map((ink): [string, string] => [`term-${ink}`, 'code']),
  ['text-faint', 'diff-added'],
  ['text-faint', 'diff-removed'],
];
const controls: [string, string][] = grounds.slice(0, 3).flatMap((ground) => [
  ['line-strong', ground],
  ['accent', ground],
]);

describe.each(['light', 'dark'] as const)('the %s theme', (theme) => {
  const ratio = ([ink, ground]: [string, string]) => contrast(tokens.get(ink)![theme], tokens.get(ground)![theme]);
  it.each(text)('%s on %s reads (≥ 4.5)', (...pair) => expect(ratio(pair)).toBeGreaterThanOrEqual(4.5));
  it.each(controls)('%s on %s is seen (≥ 3)', (...pair) => expect(ratio(pair)).toBeGreaterThanOrEqual(3));
});

it('no colour is written outside tokens.css', () => {
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter(
    (file) => /\.(svelte|css)$/.test(file) && !file.endsWith('tokens.css'),
  );
  expect(files.length).toBeGreaterThan(2);
  const literals = files.flatMap((file) => {
    const source = readFileSync(join('src', file), 'utf8');
    const style = file.endsWith('.css') ? source : (/<style>([\s\S]*)<\/style>/.exec(source)?.[1] ?? '');
    return [...style.matchAll(/#[0-9a-f]{3,8}\b|\b(?:rgb|hsl|oklch)a?\(/gi)].map((hit) => `${file}: ${hit[0]}`);
  });
  expect(literals).toEqual([]);
});
