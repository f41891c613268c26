// What tests and scenes are made of: each thing as it usually is, with the changes that matter.
import type {
  AgentEntry,
  Card,
  CommandError,
  Entry,
  EntryBody,
  SessionGroup,
  SessionId,
  SessionSummary,
  TerminalId,
  TerminalSummary,
  WorkspaceId,
} from '../backend';

/** An error as commands answer it. */
export function refusal(message: string, hint = '', detail: string | null = null): CommandError {
  return { code: 'failed', message, hint, detail };
}

/** A card that waits idle, with the changes a test is about. */
export function card(id: WorkspaceId, change: Partial<Card> = {}): Card {
  return {
    id,
    workspace: {
      project: 'p1',
      name: `Workspace ${id}`,
      branch: `shopfloor/${id}`,
      base: 'main',
      path: `/home/me/shopfloor/${id}`,
      agent: 'practice',
      life: { kind: 'ready' },
      since: 0,
      steps: [],
      notice: null,
      createdAt: 0,
      seenAt: null,
    },
    sessions: [],
    git: null,
    status: {
      reason: 'idle',
      label: 'Idle',
      column: 'waiting',
      need: 'no',
      since: 0,
      seen: true,
      detail: null,
      hint: null,
    },
    revision: 1,
    computedAt: 0,
    source: 'test',
    ...change,
  };
}

/** An entry of a transcript; its id is its place. */
export function entry(ordinal: number, body: EntryBody, at = 0): Entry {
  return { id: `e${ordinal}`, ordinal, turn: 1, at, updatedAt: at, body };
}

/** An answer of the agent. */
export const answerEntry = (ordinal: number, text: string): Entry => entry(ordinal, { kind: 'answer', text });

/** A message of the person. */
export const promptEntry = (ordinal: number, text: string): Entry =>
  entry(ordinal, { kind: 'prompt', message: `m${ordinal}`, text });

/** A session that is ready, with the changes a test is about. */
export function summary(id: SessionId, change: Partial<SessionSummary> = {}): SessionSummary {
  return {
    id,
    workspace: 'w1',
    agent: 'practice',
    title: 'Practice agent',
    state: { kind: 'ready', incarnation: 1 },
    stateSince: 0,
    activity: null,
    pending: [],
    queue: [],
    turn: 1,
    turnEndedAt: null,
    usage: null,
    policy: 'ask',
    policyIsOwn: false,
    quiet: null,
    createdAt: 0,
    closedAt: null,
    ...change,
  };
}

/** A session on its card that waits for a prompt, with the changes a test is about. */
export function group(id: SessionId, change: Partial<SessionGroup> = {}): SessionGroup {
  return {
    id,
    agent: 'practice',
    title: 'Practice agent',
    run: { kind: 'ready' },
    since: 0,
    activity: null,
    quiet: null,
    pending: [],
    queued: 0,
    undelivered: 0,
    turn: 1,
    turnEndedAt: null,
    closedAt: null,
    createdAt: 0,
    ...change,
  };
}

/** A terminal that runs, with the changes a test is about. */
export function terminal(id: TerminalId, change: Partial<TerminalSummary> = {}): TerminalSummary {
  return { id, workspace: 'w1', title: 'Terminal', state: { kind: 'running' }, openedAt: 0, ...change };
}

/** An agent that is there, with what a test says of it. */
export const agentEntry = (said: Partial<AgentEntry> & Pick<AgentEntry, 'id' | 'name'>): AgentEntry => ({
  command: said.id,
  args: [],
  env: [],
  shipped: true,
  path: `/usr/bin/${said.id}`,
  install: null,
  installCommand: null,
  version: null,
  tested: null,
  signIn: null,
  keys: [],
  docs: null,
  pass: [],
  withhold: [],
  isDefault: false,
  ...said,
});
