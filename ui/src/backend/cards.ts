// How every view reads a card: its tone, its place in a list, and whether it calls for the person. The core has decided
// all of it already; here it is only put in order.
import type { Card, Reason, SessionGroup, Status } from './backend';

/** What a status looks like; the design gives each tone a glyph and a colour. */
export type Tone = 'working' | 'needs' | 'ready' | 'broken' | 'paused' | 'calm';

const tones: Record<Reason, Tone> = {
  archived: 'calm',
  archiving: 'working',
  needs_permission: 'needs',
  needs_plan_approval: 'needs',
  needs_answer: 'needs',
  session_failed: 'broken',
  setting_up: 'working',
  setup_failed: 'broken',
  agent_working: 'working',
  starting: 'working',
  queued: 'paused',
  not_started: 'calm',
  turn_finished: 'ready',
  idle: 'calm',
};

/** The tone of a status. */
export function tone(status: Status): Tone {
  return tones[status.reason];
}

/** Whether the card belongs to the list of what needs the person. */
export function needsPerson(card: Card): boolean {
  return card.status.need === 'urgent' || card.status.need === 'yes';
}

/** Urgent first, then unseen, then who waits longest; the id settles the rest so that nothing jumps. */
export function byAttention(a: Card, b: Card): number {
  return (
    Number(b.status.need === 'urgent') - Number(a.status.need === 'urgent') ||
    Number(a.status.seen) - Number(b.status.seen) ||
    a.status.since - b.status.since ||
    a.id.localeCompare(b.id)
  );
}

/** Oldest workspace first: a place that only changes with the column. */
export function byAge(a: Card, b: Card): number {
  return a.workspace.createdAt - b.workspace.createdAt || a.id.localeCompare(b.id);
}

/** What a card says at a glance. */
export interface Look {
  tone: Tone;
  label: string;
  /** Since when. */
  since: number;
  detail: string | null;
}

/** The card's status; of a working agent that shows no sign of life that, and of an idle one that sleeps, that too. */
export function look(card: Card): Look {
  const { status } = card;
  const quiet = status.reason === 'agent_working' ? card.sessions.find((session) => session.quiet)?.quiet : undefined;
  if (quiet) return { tone: 'needs', label: 'Quiet', since: quiet.since, detail: quiet.likely };
  const { label, since, detail } = status;
  const asleep = status.reason === 'idle' && mainSession(card)?.run.kind === 'asleep';
  if (asleep) return { tone: 'paused', label: 'Asleep', since, detail: detail ?? 'The next message wakes it.' };
  return { tone: tone(status), label, since, detail };
}

/** One line for a narrow row: what it does, or what it waits for; with the state before it where that is not plain. */
export function line(card: Card): string {
  const { tone, label, detail } = look(card);
  if (detail === null) return label;
  return tone === 'needs' || tone === 'paused' ? `${label}: ${detail}` : detail;
}

/** The session a person most likely means: one that asks, else one that works, else the newest. */
export function mainSession(card: Card): SessionGroup | undefined {
  const newestFirst = card.sessions.filter((session) => session.closedAt === null).reverse();
  return (
    newestFirst.find((session) => session.pending.length > 0) ??
    newestFirst.find((session) => isBusy(session)) ??
    newestFirst[0]
  );
}

/** Whether a turn runs or is about to. */
export function isBusy(session: SessionGroup): boolean {
  return session.run.kind === 'working' || session.run.kind === 'starting';
}
