// Changes of messages that wait, while they are written: kept until they are saved or given up, also when the conversation
// leaves the screen, and handed back when the message leaves the queue meanwhile.
import type { Message, MessageId, SessionId } from '../../backend/backend';
import { recall, remember } from '../../design/remembered.svelte';

/** What is written in the place of a message's text. */
interface Edit {
  /** The text as it was. */
  before: string;
  text: string;
}

/** The changes of one conversation's queue. */
export class Edits {
  #all = $state.raw<Readonly<Record<MessageId, Edit>>>({});
  readonly #key: string;

  constructor(session: SessionId) {
    this.#key = `edits:${session}`;
    this.#all = kept(recall(this.#key));
  }

  /** What is written for a message; null where it is only read. */
  text(message: MessageId): string | null {
    return this.#all[message]?.text ?? null;
  }

  /** Begins or goes on. */
  write(message: Message, text: string): void {
    this.#keep({ ...this.#all, [message.id]: { before: this.#all[message.id]?.before ?? message.text, text } });
  }

  /** It was saved or given up. */
  forget(message: MessageId): void {
    if (this.#all[message] === undefined) return;
    this.#keep(Object.fromEntries(Object.entries(this.#all).filter(([id]) => id !== message)));
  }

  /** Takes out what was written for messages that are in the queue no more. */
  orphans(queue: Message[]): string[] {
    const gone = Object.entries(this.#all).filter(([id]) => queue.every((message) => message.id !== id));
    for (const [id] of gone) this.forget(id);
    return gone.flatMap(([, { before, text }]) => (text.trim() && text !== before ? [text] : []));
  }

  #keep(all: Readonly<Record<MessageId, Edit>>): void {
    this.#all = all;
    remember(this.#key, Object.keys(all).length ? JSON.stringify(all) : null);
  }
}

function kept(json: string | null): Readonly<Record<MessageId, Edit>> {
  try {
    const read: unknown = JSON.parse(json ?? '{}');
    return typeof read === 'object' && read !== null ? (read as Record<MessageId, Edit>) : {};
  } catch {
    return {};
  }
}
