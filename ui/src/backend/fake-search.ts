// Search as the fake core does it: plain words over the conversations that it keeps in memory.
import type {
  ArchivedWorkspace,
  Card,
  Conversation,
  Entry,
  Hit,
  PromptLine,
  SearchKind,
  SearchRequest,
  SearchResults,
  SnippetPart,
} from './backend';

/** What the fake looks through. */
export interface Memory {
  conversations: Iterable<Conversation>;
  cards: ReadonlyMap<string, Card>;
  archived: ArchivedWorkspace[];
}

const kinds: Partial<Record<Entry['body']['kind'], SearchKind>> = {
  prompt: 'prompt',
  answer: 'answer',
  thought: 'thought',
  tool: 'tool',
  plan: 'note',
  request: 'note',
  notice: 'note',
};

function words(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}

function textOf({ body }: Entry): string {
  switch (body.kind) {
    case 'prompt':
    case 'answer':
    case 'thought':
    case 'notice':
      return body.text;
    case 'tool':
      return [body.call.title, ...body.call.content.map((one) => (one.kind === 'text' ? one.text : one.newText))].join(
        '\n',
      );
    case 'plan':
      return body.items.map((item) => item.text).join('\n');
    case 'request':
      return body.ask.title;
    case 'turn_end':
    case 'other':
      return '';
  }
}

function matches(entry: Entry, query: string[]): boolean {
  const said = words(textOf(entry));
  return query.length > 0 && query.every((word) => said.some((one) => one.startsWith(word)));
}

function snippet(text: string, query: string[]): SnippetPart[] {
  const parts = text
    .replace(/\s+/g, ' ')
    .split(new RegExp(`((?<![\\p{L}\\p{N}])(?:${query.join('|')})[\\p{L}\\p{N}]*)`, 'giu'));
  return parts.flatMap((part, at) => (part ? [{ text: part, marked: at % 2 === 1 }] : []));
}

/** All hits at once, newest first. */
export function searchIn(memory: Memory, request: SearchRequest): SearchResults {
  const query = words(request.text);
  const hits = [...memory.conversations].flatMap(({ session, entries }) => {
    const off = memory.archived.find((one) => one.id === session.workspace);
    const card = memory.cards.get(session.workspace);
    const project = off?.project ?? card?.workspace.project ?? '';
    if (request.project && request.project !== project) return [];
    if (request.workspace && request.workspace !== session.workspace) return [];
    return entries.flatMap((entry) => {
      const kind = kinds[entry.body.kind];
      if (!kind || !matches(entry, query) || (request.kinds.length && !request.kinds.includes(kind))) return [];
      const hit: Hit = {
        session: session.id,
        sessionTitle: session.title,
        workspace: session.workspace,
        entry: entry.id,
        ordinal: entry.ordinal,
        kind,
        turn: entry.turn,
        at: entry.at,
        snippet: snippet(textOf(entry), query),
      };
      const workspaceName = off?.name ?? card?.workspace.name ?? '';
      return [{ hit, project, workspaceName, archived: off !== undefined }];
    });
  });
  return { hits: hits.sort((a, b) => b.hit.at - a.hit.at), next: null, unread: 0 };
}

/** The places of all matches in one conversation. */
export function findIn(entries: Entry[], text: string): number[] {
  const query = words(text);
  return entries.filter((entry) => matches(entry, query)).map((entry) => entry.ordinal);
}

/** The person's messages in one conversation. */
export function promptsIn(entries: Entry[]): PromptLine[] {
  return entries.flatMap((entry) =>
    entry.body.kind === 'prompt' && entry.body.author !== 'app'
      ? [{ ordinal: entry.ordinal, turn: entry.turn, at: entry.at, line: entry.body.text.trim().split('\n')[0] ?? '' }]
      : [],
  );
}
