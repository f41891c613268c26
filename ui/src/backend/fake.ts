// A backend without a core, for tests and for looking at the window in a browser. It answers like the real one and keeps
// everything in memory; the product never contains it.
import type {
  AgentEntry,
  AgentHealth,
  Answered,
  Attachment,
  ArchivedWorkspace,
  Backend,
  Batch,
  Card,
  Changes,
  CommandError,
  Conversation,
  ConversationUpdate,
  Dragged,
  Entry,
  EntryBody,
  FileDiff,
  FileHit,
  Inherited,
  Message,
  NewTask,
  Offers,
  Preferences,
  ProjectCard,
  ProjectSettings,
  Rule,
  RuleDraft,
  ScopeMode,
  SessionGroup,
  SessionId,
  SessionSummary,
  TerminalId,
  TerminalSummary,
  TranscriptChange,
  WorkspaceId,
} from './backend';
import { findIn, promptsIn, searchIn } from './fake-search';

const ok = <T>(data: T): Answered<T> => ({ status: 'ok', data });

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

/** The fake: public fields are its state, methods are the commands. Tests override single commands. */
export class FakeBackend implements Backend {
  cards = new Map<WorkspaceId, Card>();
  projects: ProjectCard[] = [];
  archived: ArchivedWorkspace[] = [];
  agentList: AgentEntry[] = [];
  /** What any agent is found to be. */
  health: AgentHealth = {
    version: '1.0.0',
    name: 'Agent',
    images: true,
    resumes: true,
    state: { kind: 'ready' },
    methods: [],
    millis: 900,
  };
  /** What any agent would inherit. */
  environment: Inherited[] = [
    { name: 'HOME', passed: true, choosable: true, reason: '' },
    { name: 'SOME_API_KEY', passed: false, choosable: true, reason: 'Its name looks like that of a secret.' },
  ];
  /** What any agent offered last. */
  offered: Offers = { commands: [], options: [], images: null };
  prefs: Preferences = {
    theme: 'system',
    defaultAgent: null,
    maxLiveAgents: 8,
    sleepAfterMinutes: 15,
    quietAfterMinutes: 10,
    editor: null,
  };
  conversations = new Map<SessionId, Conversation>();
  changes: Changes = { against: 'base', files: [], additions: 0, deletions: 0, truncated: false };
  diffs = new Map<string, FileDiff>();
  terminals: TerminalSummary[] = [];
  rules: Rule[] = [];
  modes: ScopeMode[] = [];
  attached = new Map<string, string>();
  files: string[] = ['README.md', 'src/main.rs', 'src/lib.rs'];
  settings = new Map<string, ProjectSettings>();
  /** Every call with what it was given, newest last. */
  calls: [string, ...unknown[]][] = [];

  #feed: ((batch: Batch) => void) | null = null;
  #sequence = 0;
  #listeners = new Map<SessionId, (update: ConversationUpdate) => void>();
  #revision = 100;
  #terminals: ((list: TerminalSummary[]) => void) | null = null;
  #screens = new Map<TerminalId, (bytes: Uint8Array) => void>();
  #askToQuit: ((working: number) => void) | null = null;
  #show: ((workspace: WorkspaceId) => void) | null = null;
  readonly #dragging = new Set<(dragged: Dragged) => void>();

  #called<T>(name: string, values: unknown[], data: T): Promise<Answered<T>> {
    this.calls.push([name, ...values]);
    return Promise.resolve(ok(data));
  }

  /** Puts cards on the board, as the core would after a change. */
  put(...cards: Card[]): void {
    for (const next of cards) this.cards.set(next.id, { ...next, revision: ++this.#revision });
    const fresh = cards.flatMap((next) => this.cards.get(next.id) ?? []);
    this.#send({ full: false, cards: fresh, removed: [], projects: null });
  }

  /** Takes a card off the board. */
  remove(id: WorkspaceId): void {
    this.cards.delete(id);
    this.#send({ full: false, cards: [], removed: [id], projects: null });
  }

  /** Changes a conversation's transcript, as an agent would. */
  change(session: SessionId, ...changes: TranscriptChange[]): void {
    const open = this.conversations.get(session);
    if (!open) return;
    for (const change of changes) {
      const at = open.entries.findIndex((one) => one.id === (change.kind === 'put' ? change.entry.id : change.entry));
      const known = open.entries[at];
      if (change.kind === 'put') {
        if (known) open.entries[at] = change.entry;
        else open.entries.push(change.entry);
      } else if (known && (known.body.kind === 'answer' || known.body.kind === 'thought'))
        open.entries[at] = { ...known, body: { ...known.body, text: known.body.text + change.text } };
    }
    open.revision++;
    this.#listeners.get(session)?.({ kind: 'transcript', revision: open.revision, changes });
  }

  /** Changes what is live about a session. */
  live(session: SessionId, change: Partial<SessionSummary>): void {
    const open = this.conversations.get(session);
    if (!open) return;
    open.session = { ...open.session, ...change };
    this.#listeners.get(session)?.({ kind: 'session', session: open.session });
  }

  /** As if the person had chosen a workspace in the tray. */
  show(workspace: WorkspaceId): void {
    this.#show?.(workspace);
  }

  #send(batch: Omit<Batch, 'sequence'>): void {
    this.#feed?.({ sequence: this.#sequence++, ...batch });
  }

  subscribeBoard: Backend['subscribeBoard'] = (onBatch) => {
    this.#feed = onBatch;
    this.#sequence = 0;
    queueMicrotask(() =>
      this.#send({ full: true, cards: [...this.cards.values()], removed: [], projects: this.projects }),
    );
    return this.#called('subscribeBoard', [], null);
  };

  markSeen: Backend['markSeen'] = (workspace) => {
    const known = this.cards.get(workspace);
    if (known && !known.status.seen) this.put({ ...known, status: { ...known.status, seen: true } });
    return this.#called('markSeen', [workspace], null);
  };

  dismissNotice: Backend['dismissNotice'] = (workspace) => {
    const known = this.cards.get(workspace);
    if (known) this.put({ ...known, workspace: { ...known.workspace, notice: null } });
    return this.#called('dismissNotice', [workspace], null);
  };

  addProject: Backend['addProject'] = (path) => {
    if (!path.startsWith('/') && !path.startsWith('~'))
      return Promise.resolve({
        status: 'error',
        error: refusal(`There is no folder at “${path}”.`, 'Check the path, or choose the folder.', 'ENOENT'),
      });
    const name = path.split('/').at(-1) ?? path;
    return this.#addProject({ id: `p-${name}`, name, path, defaultBranch: 'main' }, 'addProject', path);
  };

  openPracticeProject: Backend['openPracticeProject'] = () =>
    this.#addProject(
      { id: 'p-practice', name: 'practice', path: '/home/me/shopfloor/practice', defaultBranch: 'main' },
      'openPracticeProject',
    );

  #addProject(project: ProjectCard, name: string, ...values: unknown[]): Promise<Answered<ProjectCard>> {
    this.projects = [...this.projects.filter((known) => known.id !== project.id), project];
    this.#send({ full: false, cards: [], removed: [], projects: this.projects });
    return this.#called(name, values, project);
  }

  pickFolder: Backend['pickFolder'] = () => this.#called('pickFolder', [], '/home/me/code/picked');

  removeProject: Backend['removeProject'] = (project) => {
    if ([...this.cards.values()].some((one) => one.workspace.project === project))
      return Promise.resolve({
        status: 'error',
        error: refusal('The project still has workspaces on the board.', 'Archive them first.'),
      });
    this.projects = this.projects.filter((known) => known.id !== project);
    this.#send({ full: false, cards: [], removed: [], projects: this.projects });
    return this.#called('removeProject', [project], null);
  };

  projectBases: Backend['projectBases'] = (project) =>
    this.#called(
      'projectBases',
      [project],
      [
        { name: 'main', remote: false },
        { name: 'release/2.4', remote: false },
        { name: 'origin/main', remote: true },
      ],
    );

  createWorkspace: Backend['createWorkspace'] = (task: NewTask) => {
    const id = `w${this.cards.size + 1}-new`;
    const at = Date.now();
    const fresh = card(id, { computedAt: at, source: 'workspace created' });
    this.put({
      ...fresh,
      workspace: {
        ...fresh.workspace,
        project: task.project,
        name: task.prompt.split('\n')[0]?.slice(0, 48) || 'New workspace',
        agent: task.agent,
        base: task.base ?? 'main',
        life: { kind: 'provisioning' },
        since: at,
        createdAt: at,
        steps: [{ title: 'Make the worktree', state: 'running', startedAt: at, endedAt: null, note: null }],
      },
      status: {
        ...fresh.status,
        reason: 'setting_up',
        label: 'Setting up',
        column: 'working',
        since: at,
        detail: 'Make the worktree',
      },
    });
    return this.#called('createWorkspace', [task], id);
  };

  retryWorkspace: Backend['retryWorkspace'] = (workspace) => this.#called('retryWorkspace', [workspace], null);

  renameWorkspace: Backend['renameWorkspace'] = (workspace, name) => {
    const known = this.cards.get(workspace);
    if (known) this.put({ ...known, workspace: { ...known.workspace, name } });
    return this.#called('renameWorkspace', [workspace, name], null);
  };

  archiveWorkspace: Backend['archiveWorkspace'] = (workspace) => {
    const known = this.cards.get(workspace);
    if (known) {
      const { project, name, branch } = known.workspace;
      const checkpoint = '4be1f0c2a9d7e3b85f6c1d2e3f4a5b6c7d8e9f01';
      this.archived = [{ id: workspace, project, name, branch, checkpoint, archivedAt: Date.now() }, ...this.archived];
      this.remove(workspace);
    }
    return this.#called('archiveWorkspace', [workspace], null);
  };

  unarchiveWorkspace: Backend['unarchiveWorkspace'] = (workspace) => {
    const known = this.archived.find((one) => one.id === workspace);
    this.archived = this.archived.filter((one) => one.id !== workspace);
    if (known) {
      const back = card(workspace);
      this.put({ ...back, workspace: { ...back.workspace, ...known, createdAt: Date.now() } });
    }
    return this.#called('unarchiveWorkspace', [workspace], null);
  };

  archivedWorkspaces: Backend['archivedWorkspaces'] = () => this.#called('archivedWorkspaces', [], this.archived);

  #conversation(session: SessionId, change: Partial<SessionSummary> = {}): Conversation {
    const known = this.conversations.get(session);
    if (known) return known;
    const fresh: Conversation = {
      session: summary(session, change),
      entries: [],
      offers: { commands: [], options: [], images: null },
      more: false,
      revision: 0,
    };
    this.conversations.set(session, fresh);
    return fresh;
  }

  sendMessage: Backend['sendMessage'] = (workspace, session, agent, text, attachments, delivery, choices) => {
    const id = session ?? `s-${workspace}`;
    const open = this.#conversation(id, { workspace, agent: agent ?? 'practice' });
    const at = open.entries.length;
    const message: Message = {
      id: `m${Date.now()}`,
      session: id,
      position: at,
      text,
      attachments,
      author: 'person',
      state: 'queued',
      createdAt: Date.now(),
    };
    const waiting = open.session.queue;
    if (open.session.state.kind === 'working')
      this.live(id, { queue: delivery === 'now' ? [message, ...waiting] : [...waiting, message] });
    else
      this.change(id, {
        kind: 'put',
        entry: entry(at, { kind: 'prompt', message: `m${at}`, text, attachments }, Date.now()),
      });
    return this.#called('sendMessage', [workspace, session, agent, text, attachments, delivery, choices], id);
  };

  beginSession: Backend['beginSession'] = (workspace, agent) => {
    const id = `s${this.conversations.size + 1}-${workspace}`;
    this.#conversation(id, { workspace, agent: agent ?? 'practice', state: { kind: 'stopped' }, turn: 0 });
    return this.#called('beginSession', [workspace, agent], id);
  };

  renameSession: Backend['renameSession'] = (session, title) => {
    this.live(session, { title });
    return this.#called('renameSession', [session, title], null);
  };

  closeSession: Backend['closeSession'] = (session) => {
    this.live(session, { state: { kind: 'stopped' }, closedAt: Date.now() });
    return this.#called('closeSession', [session], null);
  };

  reopenSession: Backend['reopenSession'] = (session) => {
    this.live(session, { closedAt: null });
    return this.#called('reopenSession', [session], null);
  };

  setSessionOption: Backend['setSessionOption'] = (session, option, value) => {
    const open = this.conversations.get(session);
    if (open) {
      const options = open.offers.options.map((one) => (one.id === option ? { ...one, current: value } : one));
      open.offers = { ...open.offers, options };
      this.#listeners.get(session)?.({ kind: 'offers', offers: open.offers });
    }
    return this.#called('setSessionOption', [session, option, value], null);
  };

  #queue(session: SessionId, change: (queue: Message[]) => Message[]): void {
    const open = this.conversations.get(session);
    if (open) this.live(session, { queue: change(open.session.queue) });
  }

  #put(session: SessionId, message: string, change: Partial<Message>): void {
    this.#queue(session, (queue) => queue.map((one) => (one.id === message ? { ...one, ...change } : one)));
  }

  editMessage: Backend['editMessage'] = (session, message, text, attachments) => {
    this.#put(session, message, { text, attachments });
    return this.#called('editMessage', [session, message, text, attachments], null);
  };

  moveMessage: Backend['moveMessage'] = (session, message, before) => {
    this.#queue(session, (queue) => {
      const moved = queue.filter((one) => one.id === message);
      const rest = queue.filter((one) => one.id !== message);
      const at = before === null ? rest.length : rest.findIndex((one) => one.id === before);
      return [...rest.slice(0, at), ...moved, ...rest.slice(at)];
    });
    return this.#called('moveMessage', [session, message, before], null);
  };

  holdMessage: Backend['holdMessage'] = (session, message) => {
    this.#put(session, message, { state: 'held' });
    return this.#called('holdMessage', [session, message], null);
  };

  releaseMessage: Backend['releaseMessage'] = (session, message) => {
    this.#put(session, message, { state: 'queued' });
    return this.#called('releaseMessage', [session, message], null);
  };

  sendMessageNow: Backend['sendMessageNow'] = (session, message) => {
    this.#queue(session, (queue) => [
      ...queue.filter((one) => one.id === message).map((one) => ({ ...one, state: 'queued' as const })),
      ...queue.filter((one) => one.id !== message),
    ]);
    return this.#called('sendMessageNow', [session, message], null);
  };

  takeBackMessage: Backend['takeBackMessage'] = (session, message) => {
    const queue = this.conversations.get(session)?.session.queue ?? [];
    const text = queue.find((one) => one.id === message)?.text ?? '';
    this.live(session, { queue: queue.filter((one) => one.id !== message) });
    return this.#called('takeBackMessage', [session, message], text);
  };

  resendMessage: Backend['resendMessage'] = (session, message) =>
    this.#called('resendMessage', [session, message], null);

  answerRequest: Backend['answerRequest'] = (session, request, answer, always) => {
    const open = this.conversations.get(session);
    const asked = open?.entries.find((one) => one.body.kind === 'request' && one.body.request === request);
    if (open && asked?.body.kind === 'request') {
      const chosen = answer.kind === 'option' ? asked.body.ask.options.find((one) => one.id === answer.id) : undefined;
      const choice = chosen?.name ?? (answer.kind === 'decline' ? 'Declined' : 'Answered');
      const allowed = chosen ? chosen.kind.startsWith('allow') : answer.kind === 'form';
      const body = { ...asked.body, outcome: { kind: 'answered' as const, choice, allowed, by: null } };
      this.change(session, { kind: 'put', entry: { ...asked, body } });
      this.live(session, { pending: open.session.pending.filter((one) => one.id !== request) });
    }
    for (const one of this.cards.values()) this.#answered(one, request);
    if (always) this.#addRule(always);
    return this.#called('answerRequest', [session, request, answer, always], null);
  };

  #answered(card: Card, request: string): void {
    if (!card.sessions.some((session) => session.pending.some((one) => one.id === request))) return;
    const sessions = card.sessions.map((session) => ({
      ...session,
      pending: session.pending.filter((one) => one.id !== request),
    }));
    const more = sessions.flatMap((session) => session.pending)[0];
    const works = { reason: 'agent_working', label: 'Working', column: 'working', need: 'no', detail: null } as const;
    const status = more ? { detail: more.title } : { ...works, since: Date.now() };
    this.put({ ...card, sessions, status: { ...card.status, ...status } });
  }

  #addRule(draft: RuleDraft): Rule {
    const rule: Rule = { ...draft, id: `rule${this.rules.length + 1}`, createdAt: Date.now() };
    this.rules = [...this.rules, rule];
    return rule;
  }

  policyRules: Backend['policyRules'] = () => this.#called('policyRules', [], this.rules);

  addRule: Backend['addRule'] = (draft) => this.#called('addRule', [draft], this.#addRule(draft));

  revokeRule: Backend['revokeRule'] = (rule) => {
    this.rules = this.rules.filter((one) => one.id !== rule);
    return this.#called('revokeRule', [rule], null);
  };

  policyModes: Backend['policyModes'] = () => this.#called('policyModes', [], this.modes);

  setPolicyMode: Backend['setPolicyMode'] = (scope, mode) => {
    const key = JSON.stringify(scope);
    const others = this.modes.filter((one) => JSON.stringify(one.scope) !== key);
    this.modes = mode ? [...others, { scope, mode }] : others;
    return this.#called('setPolicyMode', [scope, mode], null);
  };

  setSessionPolicy: Backend['setSessionPolicy'] = (session, mode) => {
    this.live(session, { policy: mode ?? 'ask', policyIsOwn: mode !== null });
    return this.#called('setSessionPolicy', [session, mode], null);
  };

  attachBytes: Backend['attachBytes'] = (name, mime, base64) => {
    const id = `a${this.attached.size + 1}`;
    this.attached.set(id, base64);
    const bytes = atob(base64).length;
    const attachment: Attachment = mime.startsWith('image/')
      ? { kind: 'image', id, name, mime, bytes }
      : { kind: 'text', id, name, bytes };
    return this.#called('attachBytes', [name, mime, base64], attachment);
  };

  attachFiles: Backend['attachFiles'] = (workspace, paths) =>
    this.#called(
      'attachFiles',
      [workspace, paths],
      paths.map((path): Attachment => ({ kind: 'file', name: path.split('/').at(-1) ?? path, path })),
    );

  pickFiles: Backend['pickFiles'] = () => this.#called('pickFiles', [], ['/home/me/picked.txt']);

  keepDrafts: Backend['keepDrafts'] = (attachments) => this.#called('keepDrafts', [attachments], null);

  attachmentBytes: Backend['attachmentBytes'] = (id) =>
    this.#called('attachmentBytes', [id], this.attached.get(id) ?? '');

  workspaceFiles: Backend['workspaceFiles'] = (workspace, query) =>
    this.#called(
      'workspaceFiles',
      [workspace, query],
      this.files
        .filter((path) => path.includes(query))
        .slice(0, 50)
        .map((path): FileHit => {
          const at = path.indexOf(query);
          return { path, ranges: query ? [[at, at + query.length]] : [] };
        }),
    );

  projectSettings: Backend['projectSettings'] = (project) =>
    this.#called(
      'projectSettings',
      [project],
      this.settings.get(project) ?? { instructions: '', checks: '', agent: null },
    );

  saveProjectSettings: Backend['saveProjectSettings'] = (project, settings) => {
    this.settings.set(project, settings);
    return this.#called('saveProjectSettings', [project, settings], null);
  };

  stopTurn: Backend['stopTurn'] = (session) => {
    this.live(session, { state: { kind: 'ready', incarnation: 1 }, pending: [] });
    this.#queue(session, (queue) =>
      queue.map((one) => (one.state === 'queued' ? { ...one, state: 'held' as const } : one)),
    );
    return this.#called('stopTurn', [session], null);
  };

  endSession: Backend['endSession'] = (session) => {
    this.live(session, { state: { kind: 'stopped' } });
    return this.#called('endSession', [session], null);
  };

  sleepSession: Backend['sleepSession'] = (session) => {
    this.live(session, { state: { kind: 'asleep' } });
    return this.#called('sleepSession', [session], null);
  };

  openConversation: Backend['openConversation'] = (session, onUpdate) => {
    this.#listeners.set(session, onUpdate);
    const open = this.#conversation(session);
    const entries = open.entries.slice(-200);
    return this.#called('openConversation', [session], {
      ...open,
      entries,
      more: entries.length < open.entries.length,
    });
  };

  leaveConversation: Backend['leaveConversation'] = (session) => {
    this.#listeners.delete(session);
    return this.#called('leaveConversation', [session], null);
  };

  olderEntries: Backend['olderEntries'] = (session, before) => {
    const entries = this.conversations.get(session)?.entries ?? [];
    const end = entries.findIndex((one) => one.ordinal >= before);
    const until = end < 0 ? entries.length : end;
    return this.#called('olderEntries', [session, before], entries.slice(Math.max(0, until - 200), until));
  };

  searchTranscripts: Backend['searchTranscripts'] = (request) => {
    const { cards, archived } = this;
    const found = searchIn({ conversations: this.conversations.values(), cards, archived }, request);
    return this.#called('searchTranscripts', [request], found);
  };

  findInSession: Backend['findInSession'] = (session, text) =>
    this.#called('findInSession', [session, text], findIn(this.conversations.get(session)?.entries ?? [], text));

  sessionPrompts: Backend['sessionPrompts'] = (session) =>
    this.#called('sessionPrompts', [session], promptsIn(this.conversations.get(session)?.entries ?? []));

  pickExportPath: Backend['pickExportPath'] = (session, format) =>
    this.#called('pickExportPath', [session, format], {
      path: `/home/me/Documents/conversation.${format === 'json' ? 'json' : 'md'}`,
      existing: 'keep',
    });

  exportSession: Backend['exportSession'] = (session, format, path, existing) =>
    this.#called('exportSession', [session, format, path, existing], {
      entries: this.conversations.get(session)?.entries.length ?? 0,
      redacted: 0,
    });

  workspaceChanges: Backend['workspaceChanges'] = (workspace, against) =>
    this.#called('workspaceChanges', [workspace, against], { ...this.changes, against });

  fileDiff: Backend['fileDiff'] = (workspace, against, key) => {
    const known = this.diffs.get(key);
    if (known) return this.#called('fileDiff', [workspace, against, key], known);
    return Promise.resolve({ status: 'error', error: refusal('The file is gone.', 'Refresh the changes.') });
  };

  agents: Backend['agents'] = () => this.#called('agents', [], this.agentList);

  saveAgent: Backend['saveAgent'] = (draft) => {
    const id = draft.id ?? draft.name.toLowerCase().replace(/\W+/g, '-');
    const saved = agentEntry({ ...draft, id, shipped: false, path: draft.command });
    this.agentList = [...this.agentList.filter((one) => one.id !== id), saved];
    return this.#called('saveAgent', [draft], saved);
  };

  removeAgent: Backend['removeAgent'] = (id) => {
    this.agentList = this.agentList.filter((one) => one.id !== id);
    return this.#called('removeAgent', [id], null);
  };

  examineAgent: Backend['examineAgent'] = (id) => this.#called('examineAgent', [id], this.health);

  signIn: Backend['signIn'] = (id, method) => this.#called('signIn', [id, method], null);

  cancelSignIn: Backend['cancelSignIn'] = (id) => this.#called('cancelSignIn', [id], null);

  signInTerminal: Backend['signInTerminal'] = (id, method) => this.#called('signInTerminal', [id, method], 't-sign-in');

  agentEnvironment: Backend['agentEnvironment'] = (id) => this.#called('agentEnvironment', [id], this.environment);

  saveAgentEnvironment: Backend['saveAgentEnvironment'] = (id, pass, withhold) => {
    this.agentList = this.agentList.map((one) => (one.id === id ? { ...one, pass, withhold } : one));
    return this.#called('saveAgentEnvironment', [id, pass, withhold], null);
  };

  agentOffers: Backend['agentOffers'] = (id) => this.#called('agentOffers', [id], this.offered);

  preferences: Backend['preferences'] = () => this.#called('preferences', [], this.prefs);

  savePreferences: Backend['savePreferences'] = (preferences) => {
    this.prefs = preferences;
    const wanted = preferences.defaultAgent;
    if (wanted) this.agentList = this.agentList.map((one) => ({ ...one, isDefault: one.id === wanted }));
    return this.#called('savePreferences', [preferences], null);
  };

  diagnostics: Backend['diagnostics'] = () =>
    this.#called('diagnostics', [], {
      version: '0.1.0',
      dataDirectory: '/home/me/.local/share/shopfloor',
      logDirectory: '/home/me/.local/share/shopfloor/logs',
      git: 'git version 2.47.3',
      coreReadyMs: 84,
      firstPaintMs: 702,
      settledMs: 768,
      driftRepaired: 0,
      liveAgents: 3,
      database: 'good',
    });

  reportMoment: Backend['reportMoment'] = (moment) => this.#called('reportMoment', [moment], null);
  /** Replaces the list of terminals, as the core would after a change. */
  putTerminals(...list: TerminalSummary[]): void {
    this.terminals = list;
    this.#terminals?.(list);
  }

  /** Shows text on a terminal's screen, as its program would. */
  print(id: TerminalId, text: string): void {
    this.#screens.get(id)?.(new TextEncoder().encode(text));
  }

  subscribeTerminals: Backend['subscribeTerminals'] = (onList) => {
    this.#terminals = onList;
    onList(this.terminals);
    return this.#called('subscribeTerminals', [], null);
  };

  openTerminal: Backend['openTerminal'] = (workspace, size) => {
    const id = `t${this.terminals.length + 1}`;
    this.putTerminals(...this.terminals, terminal(id, { workspace }));
    return this.#called('openTerminal', [workspace, size], id);
  };

  attachTerminal: Backend['attachTerminal'] = (id, onBytes) => {
    this.#screens.set(id, onBytes);
    return this.#called('attachTerminal', [id], 1);
  };

  detachTerminal: Backend['detachTerminal'] = (id, attachment) => {
    this.#screens.delete(id);
    return this.#called('detachTerminal', [id, attachment], null);
  };

  acknowledgeTerminal: Backend['acknowledgeTerminal'] = (id, attachment, bytes) =>
    this.#called('acknowledgeTerminal', [id, attachment, bytes], null);

  writeTerminal: Backend['writeTerminal'] = (id, text) => this.#called('writeTerminal', [id, text], null);

  resizeTerminal: Backend['resizeTerminal'] = (id, size) => this.#called('resizeTerminal', [id, size], null);

  restartTerminal: Backend['restartTerminal'] = (id) => {
    this.putTerminals(...this.terminals.map((one) => (one.id === id ? terminal(id) : one)));
    return this.#called('restartTerminal', [id], null);
  };

  closeTerminal: Backend['closeTerminal'] = (id) => {
    this.putTerminals(...this.terminals.filter((one) => one.id !== id));
    return this.#called('closeTerminal', [id], null);
  };

  openLink: Backend['openLink'] = (url) => this.#called('openLink', [url], null);
  revealWorkspace: Backend['revealWorkspace'] = (workspace) => this.#called('revealWorkspace', [workspace], null);
  openInEditor: Backend['openInEditor'] = (workspace, path, line) =>
    this.#called('openInEditor', [workspace, path, line], null);

  onQuitAsked: Backend['onQuitAsked'] = (ask) => {
    this.#askToQuit = ask;
    return () => (this.#askToQuit = null);
  };

  quit: Backend['quit'] = () => {
    const sessions = [...this.cards.values()].flatMap((one) => one.sessions);
    const working = sessions.filter((one) => one.run.kind === 'working').length;
    if (working) this.#askToQuit?.(working);
    return this.#called('quit', [], null);
  };

  quitNow: Backend['quitNow'] = () => this.#called('quitNow', [], null);
  keepRunning: Backend['keepRunning'] = () => this.#called('keepRunning', [], null);

  onShowWorkspace: Backend['onShowWorkspace'] = (show) => {
    this.#show = show;
    return () => (this.#show = null);
  };

  /** Files are dragged over the window, or dropped. */
  drag(dragged: Dragged): void {
    for (const hear of this.#dragging) hear(dragged);
  }

  onFiles: Backend['onFiles'] = (hear) => {
    this.#dragging.add(hear);
    return () => this.#dragging.delete(hear);
  };
}
