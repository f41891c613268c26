// An agent's Markdown as blocks; of a growing answer only the last ones are read and drawn again.
// Whatever the text says, only harmless elements come out: no images, no styles, no scripts, no forms.
import DOMPurify from 'dompurify';
import { Marked, type Token } from 'marked';

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
  // These hold no address, so the pattern for addresses is not asked about them.
  ADD_URI_SAFE_ATTR: ['start', 'align', 'type', 'checked', 'disabled'],
  ALLOWED_URI_REGEXP: /^(?:https?:|mailto:)/i,
};

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

/** The blocks of a Markdown text. */
export function blocks(text: string): Block[] {
  return new GrowingMarkdown().blocks(text);
}

/** The blocks of a text that mostly grows at its end: what is complete is neither read nor rendered again. */
export class GrowingMarkdown {
  #settled = '';
  #blocks: Block[] = [];
  #last: { text: string; blocks: Block[] } | null = null;

  /** The blocks of the text as it is now. */
  blocks(text: string): Block[] {
    if (this.#last?.text === text) return this.#last.blocks;
    const blocks = this.#read(text);
    this.#last = { text, blocks };
    return blocks;
  }

  #read(text: string): Block[] {
    if (!text.startsWith(this.#settled)) {
      this.#settled = '';
      this.#blocks = [];
    }
    const tokens = marked.lexer(text.slice(this.#settled.length));
    const shown = tokens.flatMap((token) => {
      const block = rendered(token);
      return block ? [block] : [];
    });
    const out = [...this.#blocks, ...shown];
    // The last two may still change: a paragraph becomes a heading by the line below it, a list goes on after a gap.
    const safe = tokens.slice(0, -2);
    for (const token of safe) {
      this.#settled += token.raw;
      const block = shown[0];
      if (block && token.type !== 'space' && token.type !== 'def') this.#blocks.push(...shown.splice(0, 1));
    }
    return out;
  }
}

function rendered(token: Token): Block | null {
  if (token.type === 'space' || token.type === 'def') return null;
  if (token.type === 'code')
    return { kind: 'code', language: String(token['lang'] ?? '').split(/\s/)[0] ?? '', text: String(token['text']) };
  return { kind: 'html', html: DOMPurify.sanitize(marked.parser([token]), allowed) };
}
