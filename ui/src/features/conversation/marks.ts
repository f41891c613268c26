// Marks words in what is on the screen without touching it (CSS Custom Highlight API): the elements stay as the
// components made them. Where the web view has no such thing, the entry that was jumped to is all that is marked.
import type { Attachment } from 'svelte/attachments';

/** The name in `::highlight()`. */
const name = 'found';

/** More marks than this help nobody and cost time. */
const most = 2000;

/** Marks these words inside an element for as long as it is there. */
export function marking(words: () => string[]): Attachment<HTMLElement> {
  return (container) => {
    if (typeof Highlight === 'undefined' || !('highlights' in CSS)) return;
    const wanted = words();
    if (wanted.length === 0) return;
    const pattern = patternOf(wanted);
    let waiting = false;
    let gone = false;
    const mark = () => {
      waiting = false;
      if (gone) return;
      CSS.highlights.set(name, new Highlight(...ranges(container, pattern, most)));
    };
    const soon = () => {
      if (waiting) return;
      waiting = true;
      requestAnimationFrame(mark);
    };
    const watch = new MutationObserver(soon);
    watch.observe(container, { childList: true, subtree: true, characterData: true });
    soon();
    return () => {
      gone = true;
      watch.disconnect();
      CSS.highlights.delete(name);
    };
  };
}

/** Where the first of these words is inside an element. */
export function firstOf(words: string[], container: HTMLElement): Range | undefined {
  return words.length ? ranges(container, patternOf(words), 1)[0] : undefined;
}

/** The words at the beginnings of words. */
function patternOf(words: string[]): RegExp {
  return new RegExp(`(?<![\\p{L}\\p{N}])(?:${words.join('|')})`, 'giu');
}

function ranges(container: HTMLElement, pattern: RegExp, most: number): Range[] {
  const out: Range[] = [];
  const texts = document.createTreeWalker(container, NodeFilter.SHOW_TEXT);
  for (let node = texts.nextNode(); node && out.length < most; node = texts.nextNode())
    for (const hit of (node.nodeValue ?? '').matchAll(pattern)) {
      const range = new Range();
      range.setStart(node, hit.index);
      range.setEnd(node, hit.index + hit[0].length);
      out.push(range);
    }
  return out.slice(0, most);
}
