import { expect, it } from 'vitest';
import { blocks } from './markdown';

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

it('an image is a link, for nothing is fetched', () => {
  expect(html('![chart](https://example.com/a.png)')).toContain('<a href="https://example.com/a.png">chart</a>');
});

it('a block that is complete is the same value when the text grows', () => {
  const before = blocks('first paragraph here\n\nsecond');
  const after = blocks('first paragraph here\n\nsecond grows');
  const again = blocks('first paragraph here\n\nsecond grows on');
  expect(after[0]).toBe(before[0]);
  expect(again[0]).toBe(after[0]);
});
