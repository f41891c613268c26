// An agent's Markdown as blocks: each is rendered once and kept, so that a growing answer redraws only its last block.
// Whatever the text says, only harmless elements come out: no images, no styles, no scripts, no forms.
import DOMPurify from 'dompurify';
import { Marked } from 'marked';

/** A block of an answer: code to draw with a copy button, or HTML that is safe to show. */
export type Block = { kind: 'code'; language: string; text: string } | { kind: 'html'; html: string };

const marked = new Marked({
  gfm: true,
  breaks: false,
  renderer: {
    // Nothing is fetched: an image is shown as a link to it.
    image: ({ href, text }) => `<a href="${escaped(href)}">${escaped(text || href)}</a>`,
    html: ({ text }) => escaped(text),
  },
});

const allowed = {
  ALLOWED_TAGS: [
    ...['p', 'br', 'hr', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'strong', 'em', 'del', 'code', 'pre', 'blockquote', 'a'],
    ...['ul', 'ol', 'li', 'table', 'thead', 'tbody', 'tr', 'th', 'td', 'input'],
  ],
  ALLOWED_ATTR: ['href', 'start', 'align', 'type', 'checked', 'disabled'],
  ALLOWED_URI_REGEXP: /^(?:https?:|mailto:)/i,
};

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

const known = new Map<string, Block>();
const most = 2000;

/** The blocks of a Markdown text. */
export function blocks(text: string): Block[] {
  const tokens = marked.lexer(text);
  const out: Block[] = [];
  for (const [at, token] of tokens.entries()) {
    if (token.type === 'space' || token.type === 'def') continue;
    const grows = at === tokens.length - 1;
    const kept = known.get(token.raw);
    if (kept) {
      out.push(kept);
      continue;
    }
    const block: Block =
      token.type === 'code'
        ? { kind: 'code', language: (token.lang ?? '').split(/\s/)[0] ?? '', text: token.text }
        : { kind: 'html', html: DOMPurify.sanitize(marked.parser([token]), allowed) };
    out.push(block);
    // The last block may still grow; keeping each of its states would only fill the memory. Links by reference depend on
    // the rest of the text.
    if (!grows && !/\[[^\]]*\](?!\()/.test(token.raw)) keep(token.raw, block);
  }
  return out;
}

function keep(raw: string, block: Block): void {
  if (known.size >= most) known.delete(known.keys().next().value ?? '');
  known.set(raw, block);
}
