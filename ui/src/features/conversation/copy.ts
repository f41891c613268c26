// What entries say, as Markdown to paste elsewhere.
import type { Entry, EntryBody } from '../../backend/backend';

/** One entry as Markdown; empty for what says nothing outside the app. */
export function entryText(body: EntryBody): string {
  switch (body.kind) {
    case 'prompt':
      return quoted(body.text);
    case 'answer':
      return body.text.trim();
    case 'plan':
      return body.items.map((item) => `- [${item.status === 'completed' ? 'x' : ' '}] ${item.text}`).join('\n');
    case 'tool':
      return `- ${body.call.title} (${body.call.status.replace('_', ' ')})`;
    case 'request':
      return body.outcome.kind === 'answered' ? `- ${body.ask.title}: ${body.outcome.choice}` : `- ${body.ask.title}`;
    case 'thought':
    case 'notice':
    case 'turn_end':
    case 'other':
      return '';
  }
}

/** A turn as Markdown, its entries in order. */
export function turnText(entries: Entry[]): string {
  const parts: string[] = [];
  let list = false;
  for (const { body } of entries) {
    const text = entryText(body);
    if (!text) continue;
    const item = body.kind === 'tool' || body.kind === 'request';
    if (item && list) parts[parts.length - 1] += `\n${text}`;
    else parts.push(text);
    list = item;
  }
  return parts.join('\n\n');
}

function quoted(text: string): string {
  return text
    .trim()
    .split('\n')
    .map((line) => `> ${line}`.trimEnd())
    .join('\n');
}
