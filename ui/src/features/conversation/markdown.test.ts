import { expect, it } from 'vitest';
import { GrowingMarkdown, blocks } from './markdown';

const html = (text: string) =>
  blocks(text)
    .map((block) => (block.kind === 'html' ? block.html : `[${block.language}]${block.text}`))
    .join('');

it('renders what agents write', () => {
  expect(html('# Title\n\nSome **bold** `code`.')).toContain('<h1>Title</h1>');
  expect(html('```rust\nfn main() {}\n```')).toBe('[rust]fn main() {}');
});

it('a fence that is still open is code already', () => {
  expect(html('```sh\ncargo te')).toBe('[sh]cargo te');
});

it.each([
  ['<script>alert(1)</script>'],
  ['<img src=x onerror=alert(1)>'],
  ['[x](javascript:alert(1))'],
  ['[x](data:text/html,<script>alert(1)</script>)'],
  ['<a href="x" onclick="alert(1)" style="position:fixed">x</a>'],
  ['<iframe src="https://example.com"></iframe>'],
  ['<form action="https://example.com"><button>x</button></form>'],
])('nothing harmful comes out of %s', (text) => {
  const out = document.createElement('div');
  out.innerHTML = html(text);
  expect(out.querySelector('script, img, iframe, form, button, [onclick], [onerror], [style]')).toBeNull();
  for (const link of out.querySelectorAll('a'))
    expect(link.getAttribute('href') ?? 'https:').toMatch(/^(https?|mailto):/);
});

it('a list of tasks has boxes that say what is done, and a table keeps its alignment', () => {
  const [list] = blocks('- [x] done\n- [ ] not yet');
  expect(list).toMatchObject({ kind: 'html', html: expect.stringMatching(/<input[^>]*type="checkbox"/) as string });
  expect(list?.kind === 'html' && list.html.match(/checked/g)).toHaveLength(1);
  const [table] = blocks('| a | b |\n|---|--:|\n| 1 | 2 |');
  expect(table?.kind === 'html' && table.html).toContain('<td align="right">');
});

it('an image is a link, for nothing is fetched', () => {
  expect(html('![chart](https://example.com/a.png)')).toContain('<a href="https://example.com/a.png">chart</a>');
});

it('a block that is complete is the same value when the text grows', () => {
  const growing = new GrowingMarkdown();
  const paragraphs = ['one', 'two', 'three', 'four'].map((word) => `${word} paragraph`);
  const before = growing.blocks(paragraphs.join('\n\n'));
  const after = growing.blocks(`${paragraphs.join('\n\n')} grows on`);
  expect(after[0]).toBe(before[0]);
  expect(after.at(-1)).not.toEqual(before.at(-1));
});

it('letter by letter gives the same as all at once', () => {
  const text =
    '# Title\n\nA\n===\n\n- one\n\n- two\n  more\n\n```rs\nfn a() {}\n\nfn b() {}\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\nend';
  const growing = new GrowingMarkdown();
  for (let at = 1; at < text.length; at++) growing.blocks(text.slice(0, at));
  expect(growing.blocks(text)).toEqual(blocks(text));
});

it('a text that was replaced is read from its beginning', () => {
  const growing = new GrowingMarkdown();
  growing.blocks('one\n\ntwo\n\nthree\n\nfour');
  expect(growing.blocks('other')).toEqual(blocks('other'));
});
