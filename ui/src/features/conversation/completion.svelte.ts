// The popup over the composer: slash commands at the start of a message, files of the worktree after an "@".
import type { Answered, FileHit, SlashCommand } from '../../backend/backend';

/** One thing the popup offers. */
export type Suggestion = { kind: 'command'; command: SlashCommand } | { kind: 'file'; hit: FileHit };

/** What accepting a suggestion makes of the text; `file` goes along with the message. */
export interface Accepted {
  text: string;
  caret: number;
  file: string | null;
}

/** Which part of the text is being completed. */
export type Begun = { kind: 'command' | 'file'; query: string; from: number; to: number };

/** What is begun at the caret, or null. */
export function begun(text: string, caret: number): Begun | null {
  const before = text.slice(0, caret);
  const slash = /^\/([^\s/]*)$/.exec(before);
  if (slash) return { kind: 'command', query: slash[1] ?? '', from: 0, to: caret };
  const at = /(?:^|[\s(])@([^\s@]*)$/.exec(before);
  if (!at) return null;
  const query = at[1] ?? '';
  return { kind: 'file', query, from: caret - query.length - 1, to: caret };
}

/** Commands that fit, those that begin with the query first. */
export function fitting(commands: SlashCommand[], query: string): SlashCommand[] {
  const wanted = query.toLowerCase();
  const rank = ({ name, description }: SlashCommand) => {
    const at = name.toLowerCase().indexOf(wanted);
    if (at === 0) return 0;
    if (at > 0) return 1;
    return description.toLowerCase().includes(wanted) ? 2 : 3;
  };
  return commands
    .map((command) => ({ command, rank: rank(command) }))
    .filter((one) => one.rank < 3)
    .sort((a, b) => a.rank - b.rank)
    .map((one) => one.command);
}

/** The popup's state. */
export class Completion {
  /** What is offered; the popup is open while there is something. */
  items = $state.raw<Suggestion[]>([]);
  /** The chosen one. */
  at = $state(0);
  #begun: Begun | null = null;
  #dismissed: number | null = null;
  #asked = 0;
  readonly #commands: () => SlashCommand[];
  readonly #files: (query: string) => Promise<Answered<FileHit[]>>;

  constructor(commands: () => SlashCommand[], files: (query: string) => Promise<Answered<FileHit[]>>) {
    this.#commands = commands;
    this.#files = files;
  }

  /** Whether the popup is open. */
  readonly open = $derived.by(() => this.items.length > 0);

  /** The text or the caret changed. */
  async look(text: string, caret: number): Promise<void> {
    const mine = ++this.#asked;
    const now = begun(text, caret);
    if (now === null || now.from !== this.#dismissed) this.#dismissed = null;
    this.#begun = now;
    if (now === null || this.#dismissed !== null) {
      this.#offer([]);
      return;
    }
    if (now.kind === 'command') {
      this.#offer(fitting(this.#commands(), now.query).map((command) => ({ kind: 'command', command })));
      return;
    }
    const result = await this.#files(now.query);
    if (mine !== this.#asked) return;
    this.#offer(result.status === 'ok' ? result.data.map((hit) => ({ kind: 'file', hit })) : []);
  }

  /** Chooses the next or the one before. */
  move(step: 1 | -1): void {
    const count = this.items.length;
    if (count) this.at = (this.at + step + count) % count;
  }

  /** Closes it until something else is begun. */
  dismiss(): void {
    this.#dismissed = this.#begun?.from ?? null;
    this.close();
  }

  /** Closes it for now: whoever goes on writing is offered something again. */
  close(): void {
    this.#asked++;
    this.#offer([]);
  }

  /** Puts the chosen one, or this one, into the text. */
  accept(text: string, index = this.at): Accepted | null {
    const item = this.items[index];
    const part = this.#begun;
    if (!item || !part) return null;
    const word = item.kind === 'command' ? `/${item.command.name} ` : `@${item.hit.path} `;
    const rest = text.slice(part.to).replace(/^ /, '');
    this.#asked++;
    this.#begun = null;
    this.#offer([]);
    return {
      text: text.slice(0, part.from) + word + rest,
      caret: part.from + word.length,
      file: item.kind === 'file' ? item.hit.path : null,
    };
  }

  #offer(items: Suggestion[]): void {
    this.items = items;
    this.at = 0;
  }
}
