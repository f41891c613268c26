// What a session's state means to the person: a line where something goes on or waits, and what to do where it failed.
import type { Cause, SessionSummary } from '../../backend/backend';

/** A line below the newest entry. */
export interface StateLine {
  tone: 'working' | 'needs' | 'calm';
  words: string;
  /** Since when, where that is worth telling. */
  since: number | null;
  /** More, for who asks. */
  more: string | null;
}

/** The line of a state; null where there is nothing to say. */
export function stateLine(session: SessionSummary): StateLine | null {
  const { state, stateSince: since } = session;
  const asked = session.pending[0];
  if (asked) {
    const count = session.pending.length;
    const words = count > 1 ? `${count} requests wait for your answer` : 'Waits for your answer';
    return { tone: 'needs', words, since: asked.since, more: null };
  }
  if (session.closedAt !== null)
    return { tone: 'calm', words: 'Closed; your next message opens it again', since: null, more: null };
  switch (state.kind) {
    case 'starting':
      return { tone: 'working', words: 'The agent starts', since, more: null };
    case 'stopping':
      return { tone: 'working', words: 'The agent ends', since, more: null };
    case 'working':
      if (session.quiet)
        return { tone: 'needs', words: 'Quiet', since: session.quiet.since, more: session.quiet.likely };
      return { tone: 'working', words: session.activity ?? 'Working', since, more: null };
    case 'waiting':
      return { tone: 'working', words: 'Waits for a free place', since, more: state.why };
    case 'asleep':
      return { tone: 'calm', words: 'Asleep to save memory; your next message wakes it', since: null, more: null };
    case 'stopped':
    case 'ready':
    case 'failed':
      return null;
  }
}

/** What the person can do about a failure with one click. */
export type Remedy = 'settings' | 'go_on' | 'none';

/** The remedy for a cause: where the set-up is wrong it leads to the settings, else the agent may go on. */
export function remedy(cause: Cause): Remedy {
  switch (cause.kind) {
    case 'binary_missing':
    case 'sign_in':
      return 'settings';
    case 'folder_unusable':
      return 'none';
    case 'start_timed_out':
    case 'turn_timed_out':
    case 'protocol':
    case 'provider':
    case 'quota':
    case 'crashed':
    case 'interrupted':
      return 'go_on';
  }
}
