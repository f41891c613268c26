// What all drafts together hold: the core removes old attachments that nothing refers to, and only the window knows these.
import type { AttachmentId, Backend } from '../../backend/backend';
import { keptAttachments } from './draft.svelte';

/** Tells the core what the drafts of all conversations hold. Says nothing where they can't be read. */
export async function tellDrafts(backend: Backend): Promise<void> {
  const drafted = draftedAttachments();
  if (drafted) await backend.keepDrafts(drafted);
}

/** The attachments of all drafts; null where the storage can't be read. */
export function draftedAttachments(): AttachmentId[] | null {
  try {
    const keys = Array.from({ length: localStorage.length }, (_, at) => localStorage.key(at) ?? '');
    const drafts = keys.filter((key) => key.startsWith('draft-with:'));
    const held = drafts.flatMap((key) => keptAttachments(localStorage.getItem(key)));
    return held.flatMap((one) => (one.kind === 'file' ? [] : [one.id]));
  } catch {
    return null;
  }
}
