// The conversations of a workspace as tabs.
import type { SessionGroup, SessionId } from '../../backend/backend';

/** What a tab shows before its title. */
export type TabTone = 'needs' | 'working' | 'broken' | 'calm';

/** The open ones as tabs, oldest first, with the one that is read though it is closed; the other closed ones, the newest
 *  first, to be opened again. */
export function tabs(
  sessions: SessionGroup[],
  current: SessionId | null = null,
): { open: SessionGroup[]; closed: SessionGroup[] } {
  const open = sessions.filter((session) => session.closedAt === null || session.id === current);
  const closed = sessions
    .filter((session) => session.closedAt !== null && session.id !== current)
    .sort((a, b) => (b.closedAt ?? 0) - (a.closedAt ?? 0));
  return { open, closed };
}

/** The tone of a tab and its words for who can't see it. */
export function look(session: SessionGroup): { tone: TabTone; words: string } {
  if (session.pending.length) return { tone: 'needs', words: 'Needs you' };
  switch (session.run.kind) {
    case 'failed':
      return { tone: 'broken', words: 'Failed' };
    case 'starting':
      return { tone: 'working', words: 'Starting' };
    case 'working':
      return { tone: 'working', words: 'Working' };
    case 'stopping':
      return { tone: 'working', words: 'Ending' };
    case 'ready':
      return { tone: 'calm', words: session.queued ? 'Messages wait' : 'Ready' };
    case 'stopped':
      return { tone: 'calm', words: 'No process' };
    case 'asleep':
      return { tone: 'calm', words: 'Asleep' };
    case 'waiting':
      return { tone: 'working', words: 'Waits for a free place' };
  }
}

/** The tab beside the current one, around the ends; null stands for a new conversation. */
export function beside(open: SessionGroup[], current: SessionId | null, step: 1 | -1): SessionId | null {
  if (open.length === 0) return null;
  const at = open.findIndex((session) => session.id === current);
  if (at < 0) return (step === 1 ? open[0] : open.at(-1))?.id ?? null;
  return open[(at + step + open.length) % open.length]?.id ?? null;
}

/** The tab to show when one is closed: the one that takes its place. */
export function afterClosing(open: SessionGroup[], closing: SessionId): SessionId | null {
  const at = open.findIndex((session) => session.id === closing);
  return (open[at + 1] ?? open[at - 1])?.id ?? null;
}
