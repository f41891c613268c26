// The doings of a transcript, on top of the backend.
import type { Answered, Backend, CommandError, ProjectId, SessionSummary, WorkspaceId } from '../../backend/backend';
import type { TranscriptActions } from './actions';
import type { EntryCell } from './cell.svelte';
import type { OpenConversation } from './conversation.svelte';
import { turnText } from './copy';

/** A turn longer than this is copied from its newest entries. */
const longest = 2000;

interface Parts {
  backend: Backend;
  conversation: OpenConversation;
  workspace: WorkspaceId;
  project: ProjectId;
  root: string;
  /** Takes an error, or null after something worked. */
  refused: (error: CommandError | null) => void;
  /** An answer was taken. */
  answered: () => void;
}

/** The actions of one open conversation. */
export function transcriptActions(parts: Parts): TranscriptActions {
  const { backend, conversation, refused } = parts;
  const told = (call: Promise<Answered<null>>) =>
    void call.then((result) => refused(result.status === 'error' ? result.error : null));
  return {
    root: parts.root,
    session: conversation.id,
    project: parts.project,
    openLink: (url) => told(backend.openLink(url)),
    openFile: (path, line) => told(backend.openInEditor(parts.workspace, path, line)),
    answer: async (request, answer, always) => {
      const result = await backend.answerRequest(conversation.id, request, answer, always);
      if (result.status === 'ok') {
        parts.answered();
        return null;
      }
      // Settled or gone meanwhile: the newest state says so better than an error.
      if (result.error.code !== 'failed') await conversation.open();
      return result.error;
    },
    turnText: (end) => turnUpTo(conversation, end),
  };
}

/** Sends again what is left in a failed session's queue, else asks its agent to go on. */
export function goOn(backend: Backend, { id, workspace, queue }: SessionSummary): Promise<Answered<unknown>> {
  const failed = queue.find((one) => one.state === 'failed');
  return failed
    ? backend.resendMessage(id, failed.id)
    : backend.sendMessage(workspace, id, null, 'Please go on where you stopped.', [], 'queue', {});
}

async function turnUpTo({ pages }: OpenConversation, end: EntryCell): Promise<string> {
  const { ordinal, turn } = end.entry;
  let first = ordinal;
  while (first > 0 && ordinal - first < longest) {
    const before = Math.max(0, first - 100);
    await pages.show(before, first);
    let at = first;
    while (at > before && pages.at(at - 1)?.entry.turn === turn) at--;
    const whole = at > before;
    first = at;
    if (whole) break;
  }
  const entries = [];
  for (let at = first; at <= ordinal; at++) {
    const cell = pages.at(at);
    if (cell) entries.push(cell.entry);
  }
  return turnText(entries);
}
