// Syntax colours for code, read by a worker: the window never waits for them, and does without them where there is none.

/** What a stretch of code is; each has a colour of its own. */
export type SyntaxKind = 'comment' | 'string' | 'number' | 'keyword' | 'type' | 'name';

/** What the worker is asked. */
export interface SyntaxRequest {
  id: number;
  code: string;
  language: string;
}

/** What it answers: from, to, kind; null where the language is not known. */
export interface SyntaxReply {
  id: number;
  spans: [from: number, to: number, kind: SyntaxKind][] | null;
}

/** A stretch of code with its kind. */
export interface CodePart {
  text: string;
  kind: SyntaxKind | '';
}

/** Longer code stays plain: its spans would weigh more than they tell. */
const longest = 60_000;

/** How many answers are kept, for code that scrolls away and comes back. */
const kept = 200;

let worker: Worker | null | undefined;
let next = 0;
const waiting = new Map<number, (spans: SyntaxReply['spans']) => void>();
const known = new Map<string, CodePart[] | null>();

function start(): Worker | null {
  if (typeof Worker === 'undefined') return null;
  const made = new Worker(new URL('./syntax.worker.ts', import.meta.url), { type: 'module' });
  made.addEventListener('message', (event: MessageEvent<SyntaxReply>) => {
    waiting.get(event.data.id)?.(event.data.spans);
    waiting.delete(event.data.id);
  });
  made.addEventListener('error', () => {
    // It can't run here; whoever waits goes on without colours.
    worker = null;
    for (const give of waiting.values()) give(null);
    waiting.clear();
  });
  return made;
}

/** The code in its parts, or null where it stays plain. */
export async function syntax(code: string, language: string): Promise<CodePart[] | null> {
  if (!language || !code || code.length > longest) return null;
  const key = `${language}\n${code}`;
  const before = known.get(key);
  if (before !== undefined) return before;
  if (worker === undefined) worker = start();
  const at = worker;
  if (!at) return null;
  const id = next++;
  const spans = await new Promise<SyntaxReply['spans']>((give) => {
    waiting.set(id, give);
    at.postMessage({ id, code, language } satisfies SyntaxRequest);
  });
  const parts = spans && partsOf(code, spans);
  known.set(key, parts);
  const oldest = known.keys().next().value;
  if (known.size > kept && oldest !== undefined) known.delete(oldest);
  return parts;
}

/** The whole code as parts, plain between the spans. */
export function partsOf(code: string, spans: NonNullable<SyntaxReply['spans']>): CodePart[] {
  const out: CodePart[] = [];
  let at = 0;
  for (const [from, to, kind] of spans) {
    if (from < at) continue;
    if (from > at) out.push({ text: code.slice(at, from), kind: '' });
    out.push({ text: code.slice(from, to), kind });
    at = to;
  }
  if (at < code.length) out.push({ text: code.slice(at), kind: '' });
  return out;
}
