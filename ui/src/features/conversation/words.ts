// How the conversation puts things into words.
import type { MessageState, ToolStatus } from '../../backend/backend';

/** A path below the worktree without the worktree's own, so that what matters fits. */
export function shortPath(path: string, root: string): string {
  const folder = root.endsWith('/') ? root : `${root}/`;
  return path.startsWith(folder) ? path.slice(folder.length) : path;
}

/** Why a turn ended; null for the usual way. */
export function turnEnd(reason: string): string | null {
  switch (reason) {
    case 'end_turn':
      return null;
    case 'cancelled':
      return 'stopped';
    case 'refusal':
      return 'the model refused to go on';
    case 'max_tokens':
      return 'the answer reached its limit of tokens';
    case 'max_turn_requests':
      return 'the turn reached its limit of requests';
    default:
      return reason.replaceAll('_', ' ');
  }
}

/** How far a tool is, for people. */
export const toolStatus: Record<ToolStatus, string> = {
  pending: 'Waits',
  in_progress: 'Running',
  completed: 'Done',
  failed: 'Failed',
  cancelled: 'Cancelled',
};

/** How far a message is, for people. */
export const messageState: Record<MessageState, string> = {
  held: 'Held: goes when you say so',
  queued: 'Queued: goes when the turn ends',
  sending: 'Sending…',
  sent: 'Sent',
  failed: 'It is not sure that this arrived',
};

/** A tool's input as a person reads it: a command by itself, anything else as indented JSON, the rest as it came. */
export function inputText(input: string): string {
  let read: unknown;
  try {
    read = JSON.parse(input);
  } catch {
    return input;
  }
  if (typeof read === 'object' && read !== null && 'command' in read) {
    const { command } = read;
    if (typeof command === 'string') return command;
    if (Array.isArray(command)) return command.join(' ');
  }
  return JSON.stringify(read, null, 2);
}

/** The first words of a text that may be long, on one line. */
export function preview(text: string): string {
  return text
    .slice(0, 400)
    .replace(/[*_`#>]+/g, '')
    .replace(/\s+/g, ' ')
    .trim();
}
