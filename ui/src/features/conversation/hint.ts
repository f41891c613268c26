// What there is to know before a message is sent.
import type { Attachment, Offers } from '../../backend/backend';

/** A line over the composer; amber when it `warns`. */
export interface Hint {
  words: string;
  warns: boolean;
}

/** The hint for what is typed and put along; null where there is nothing to say. */
export function hintFor(
  draft: { text: string; attachments: Attachment[] },
  offers: Offers,
  agent: string | null,
): Hint | null {
  const pictures = draft.attachments.some((one) => one.kind === 'image');
  if (pictures && offers.images === false) return { words: `${agent ?? 'This agent'} takes no pictures.`, warns: true };
  const begun = /^\/(\S+) $/.exec(draft.text)?.[1];
  const words = offers.commands.find((one) => one.name === begun)?.hint;
  return words ? { words: `/${begun} ${words}`, warns: false } : null;
}
