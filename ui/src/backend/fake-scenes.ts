// Scenes for looking at the window in a browser: the first run, and a busy day. No test depends on them.
import type {
  Ask,
  Card,
  Entry,
  EntryBody,
  FileDiff,
  Pending,
  Reason,
  Run,
  SessionGroup,
  Status,
  ToolCall,
} from './backend';
import { FakeBackend, agentEntry, card, entry, summary } from './fake';
import { offers, tellTalks } from './fake-talks';

const now = Date.now();
const seconds = (count: number) => now - count * 1000;

/** The first run: agents are there, nothing else is. */
export function emptyBackend(): FakeBackend {
  const fake = new FakeBackend();
  fake.agentList = [
    agentEntry({
      id: 'claude-code',
      name: 'Claude Code',
      command: 'claude-agent-acp',
      version: '0.100.0',
      isDefault: true,
    }),
    agentEntry({
      id: 'codex',
      name: 'Codex',
      command: 'codex-acp',
      version: '2.6.0',
      tested: '2.6.0',
      signIn: 'Sign in with ChatGPT, which opens a browser, or let it have OPENAI_API_KEY.',
      docs: 'https://developers.openai.com/codex',
      keys: ['OPENAI_API_KEY', 'SOME_API_KEY'],
    }),
    agentEntry({
      id: 'gemini',
      name: 'Gemini CLI',
      args: ['--acp'],
      path: null,
      install: 'Install it with: npm install -g @google/gemini-cli@0.61.0',
      installCommand: 'npm install -g @google/gemini-cli@0.61.0',
    }),
    agentEntry({ id: 'mine', name: 'My own agent', command: '/opt/agent/run', args: ['--stdio'], shipped: false }),
    agentEntry({ id: 'practice', name: 'Practice agent', command: '/usr/lib/shopfloor/practice-agent' }),
  ];
  return fake;
}

/** Workspaces in every state, one of them with a conversation that asks for permission. */
export function busyBackend(): FakeBackend {
  const fake = emptyBackend();
  fake.projects = [
    { id: 'p1', name: 'engine', path: '/home/me/code/engine', defaultBranch: 'main' },
    { id: 'p2', name: 'website', path: '/home/me/code/website', defaultBranch: 'trunk' },
  ];
  for (const one of cards()) fake.cards.set(one.id, one);
  fake.conversations.set('s1', {
    session: summary('s1', {
      workspace: 'w1',
      agent: 'claude-code',
      state: { kind: 'working', incarnation: 1 },
      stateSince: seconds(42),
      pending: [{ id: 'r1', session: 's1', ask, since: seconds(42) }],
      usage: { used: 48_200, size: 200_000, cost: '0.42 USD' },
      queue: [
        {
          id: 'm9',
          session: 's1',
          position: 1,
          text: 'And add a line to the changelog.',
          attachments: [],
          author: 'person',
          state: 'queued',
          createdAt: now,
        },
      ],
    }),
    offers,
    entries: talk(),
    more: false,
    revision: 1,
  });
  fake.conversations.set('s-a1', {
    session: summary('s-a1', { workspace: 'a1', agent: 'codex', title: 'Speed up the parser' }),
    entries: parserTalk(),
    more: false,
    revision: 1,
    offers: { commands: [], options: [], images: null },
  });
  tellTalks(fake);
  fake.changes = {
    against: 'base',
    files: [
      changed('src/lexer/number.rs', 'modified', 24, 9),
      changed('src/lexer/tests/number_separators.rs', 'added', 61, 0),
      changed('src/lexer/legacy.rs', 'deleted', 0, 112),
      changed('docs/grammar.md', 'modified', 3, 1),
      { ...changed('assets/logo.png', 'modified', 0, 0), binary: true },
      changed('notes.txt', 'untracked', 4, 0),
    ],
    additions: 92,
    deletions: 122,
    truncated: false,
  };
  fake.diffs.set('src/lexer/number.rs', numberDiff);
  fake.diffs.set('assets/logo.png', { ...numberDiff, path: path('assets/logo.png'), binary: true, hunks: [] });
  fake.archived = [
    {
      id: 'a1',
      project: 'p1',
      name: 'Speed up the parser',
      branch: 'shopfloor/speed-up-the-parser',
      checkpoint: '9f2c1e77ab04d1c8e05b6f3a2d9c8b7a6e5f4d3c',
      archivedAt: seconds(86_400),
    },
    {
      id: 'a2',
      project: 'p2',
      name: 'New landing page',
      branch: 'shopfloor/new-landing-page',
      checkpoint: null,
      archivedAt: seconds(400_000),
    },
  ];
  return fake;
}

/** The busy day, its first conversation grown to 100,000 entries. */
export function longBackend(): FakeBackend {
  const fake = busyBackend();
  const open = fake.conversations.get('s1');
  if (!open) return fake;
  const bodies = talk().map((one) => one.body);
  const end = open.entries.slice(1);
  const begin = 100_000 - end.length;
  open.entries = Array.from({ length: begin }, (_, at) => {
    const body = bodies[at % (bodies.length - 1)] as EntryBody;
    const numbered = body.kind === 'prompt' ? { ...body, text: `${at}: ${body.text}` } : body;
    return entry(at, numbered, seconds(100_000 - at));
  });
  open.entries.push(...end.map((one, at) => ({ ...one, id: `e${begin + at}`, ordinal: begin + at })));
  open.more = true;
  return fake;
}

const path = (display: string) => ({ display, key: display });

function changed(
  name: string,
  status: 'modified' | 'added' | 'deleted' | 'untracked',
  additions: number,
  deletions: number,
) {
  return { path: path(name), oldPath: null, status, staged: false, additions, deletions, binary: false };
}

const labels: Partial<Record<Reason, string>> = {
  needs_permission: 'Needs permission',
  needs_answer: 'Has a question',
  queued: 'Queued',
  session_failed: 'Agent failed',
  setting_up: 'Setting up',
  agent_working: 'Working',
  turn_finished: 'Finished its turn',
  idle: 'Idle',
  setup_failed: 'Set-up failed',
};

function cards(): Card[] {
  const asks = { need: 'urgent', column: 'waiting', seen: false } as const;
  const works = { need: 'no', column: 'working' } as const;
  return [
    one(
      'w1',
      'Accept underscores in number literals',
      'needs_permission',
      42,
      { ...asks, detail: 'Run cargo test -p lexer' },
      [92, 122],
      'claude-code',
    ),
    one(
      'w2',
      'Fix the flaky upload test',
      'agent_working',
      12,
      { ...works, detail: 'Edit tests/upload.rs' },
      [18, 4],
      'codex',
    ),
    one(
      'w3',
      'Move settings to the new storage',
      'agent_working',
      190,
      { ...works, detail: 'cargo test, 31 s' },
      [240, 86],
      'claude-code',
    ),
    one(
      'w4',
      'Dark theme for the documentation',
      'needs_answer',
      400,
      { ...asks, detail: 'Which accent colour should links have?' },
      [31, 2],
      'claude-code',
      'p2',
    ),
    one(
      'w5',
      'Explain the cache in the README',
      'turn_finished',
      1300,
      { need: 'yes', column: 'waiting', seen: false, detail: 'Wrote a section with two examples' },
      [48, 0],
      'codex',
    ),
    one(
      'w6',
      'Upgrade the HTTP client',
      'session_failed',
      2400,
      {
        need: 'yes',
        column: 'waiting',
        detail: 'The agent is not signed in',
        hint: 'Sign in with codex login, then send a message.',
      },
      null,
      'codex',
    ),
    one(
      'w7',
      'Rename Widget to Panel everywhere',
      'setting_up',
      3,
      { ...works, detail: 'Copy ignored files' },
      null,
      'practice',
      'p2',
    ),
    one('w8', 'Try the new allocator', 'idle', 90_000, { need: 'no', column: 'waiting' }, [5, 1], 'claude-code'),
    one(
      'w21',
      'Give every role its own rights',
      'needs_permission',
      95,
      { ...asks, seen: true, detail: 'Edit files' },
      [12, 3],
      'claude-code',
      'p2',
    ),
    one(
      'w22',
      'Index the search by day',
      'queued',
      70,
      { ...works, detail: '8 agents are live, the limit is 8' },
      null,
      'codex',
    ),
    one(
      'w23',
      'Port the importer to the new API',
      'agent_working',
      1500,
      { ...works, detail: 'Run npm install' },
      [61, 12],
      'codex',
    ),
    one('w24', 'Shorten the release notes', 'idle', 7200, { need: 'no', column: 'waiting' }, [9, 30], 'codex'),
  ];
}

function one(
  id: string,
  name: string,
  reason: Reason,
  age: number,
  status: Partial<Status>,
  lines: [number, number] | null,
  agent: string,
  project = 'p1',
): Card {
  const base = card(id, { revision: 40, computedAt: now, source: 'session fact' });
  const branch = `shopfloor/${name.toLowerCase().replaceAll(' ', '-')}`;
  const steps = [
    {
      title: 'Make the branch and the worktree',
      state: 'done' as const,
      startedAt: seconds(4),
      endedAt: seconds(3.2),
      note: null,
    },
    {
      title: 'Copy ignored files',
      state: 'running' as const,
      startedAt: seconds(3),
      endedAt: null,
      note: '.env, target',
    },
  ];
  const settingUp = reason === 'setting_up';
  return {
    ...base,
    workspace: {
      ...base.workspace,
      project,
      name,
      branch,
      agent,
      path: '/home/me/shopfloor/engine',
      createdAt: seconds(age + 100),
      life: settingUp ? { kind: 'provisioning' } : { kind: 'ready' },
      steps: settingUp ? steps : [],
    },
    sessions: settingUp ? [] : [session(id.replace('w', 's'), reason, agent, age)],
    git: lines && { files: 6, additions: lines[0], deletions: lines[1], staged: 0, unpushed: 1, behind: 0 },
    status: { ...base.status, reason, label: labels[reason] ?? reason, since: seconds(age), ...status },
  };
}

function session(id: string, reason: Reason, agent: string, age: number): SessionGroup {
  const busy = reason === 'agent_working' || reason === 'needs_permission' || reason === 'needs_answer';
  return {
    id,
    agent,
    title: 'First conversation',
    run: runs[id] ?? { kind: busy ? 'working' : 'ready' },
    since: seconds(age),
    activity: null,
    quiet: id === 's23' ? { since: seconds(720), likely: 'It may wait for its model, which does not answer.' } : null,
    pending: pending[id]?.map((one) => ({ ...one, since: seconds(age) })) ?? [],
    queued: 0,
    undelivered: 0,
    turn: 1,
    turnEndedAt: busy ? null : seconds(age),
    closedAt: null,
    createdAt: seconds(age),
  };
}

const runs: Record<string, Run> = {
  s6: {
    kind: 'failed',
    message: 'Codex is not signed in.',
    hint: 'Sign in again in the settings, then send a message.',
  },
  s22: { kind: 'waiting', why: '8 agents are live, the limit is 8' },
  s24: { kind: 'asleep' },
};
const yesNo = { paths: [], allow: 'o1', deny: 'o3' };
const pending: Record<string, Omit<Pending, 'since'>[]> = {
  s1: [
    {
      id: 'r1',
      kind: 'permission',
      title: 'Run cargo test -p lexer',
      quick: { ...yesNo, command: 'cargo test -p lexer --all-features' },
    },
  ],
  s4: [{ id: 'r4', kind: 'question', title: 'Which accent colour should links have?', quick: null }],
  s21: [
    {
      id: 'r21a',
      kind: 'permission',
      title: 'Edit files',
      quick: {
        ...yesNo,
        command: null,
        paths: ['/home/me/shopfloor/engine/migrations/0042_roles.sql', '/home/me/shopfloor/engine/src/roles.rs'],
      },
    },
    {
      id: 'r21b',
      kind: 'permission',
      title: 'Apply the migrations',
      quick: {
        ...yesNo,
        command: 'psql "$DATABASE_URL" --single-transaction --file migrations/0042_roles.sql && cargo test -p roles',
      },
    },
    { id: 'r21c', kind: 'permission', title: 'Fetch https://example.com/schema', quick: null },
  ],
};

const root = '/home/me/shopfloor/engine';
const oldNumber = `fn digits(&mut self) -> &str {
    let start = self.at;
    while self.peek().is_ascii_digit() {
        self.at += 1;
    }
    &self.text[start..self.at]
}
`;
const newNumber = `fn digits(&mut self) -> &str {
    let start = self.at;
    while self.peek().is_ascii_digit() || self.separates() {
        self.at += 1;
    }
    &self.text[start..self.at]
}

/// An underscore counts only between two digits.
fn separates(&self) -> bool {
    self.peek() == b'_' && self.before().is_ascii_digit() && self.after().is_ascii_digit()
}
`;

function tool(title: string, change: Partial<ToolCall>): EntryBody {
  const call: ToolCall = {
    call: title,
    tool: 'other',
    title,
    status: 'completed',
    locations: [],
    content: [],
    input: null,
    ...change,
  };
  return { kind: 'tool', call };
}

const ask: Ask = {
  kind: 'permission',
  title: 'Run cargo test -p lexer',
  command: 'cargo test -p lexer --all-features',
  call: {
    call: 'c9',
    tool: 'execute',
    title: 'cargo test',
    status: 'pending',
    locations: [],
    content: [{ kind: 'text', text: 'cargo test -p lexer --all-features', cut: 0 }],
    input: null,
  },
  options: [
    { id: 'o1', name: 'Allow', kind: 'allow_once' },
    { id: 'o2', name: 'Always allow cargo test', kind: 'allow_always' },
    { id: 'o3', name: 'Reject', kind: 'reject_once' },
  ],
  fields: [],
};

function talk(): Entry[] {
  const bodies: EntryBody[] = [
    {
      kind: 'prompt',
      message: 'm1',
      text: 'Number literals should accept underscores between digits, as in 1_000_000. Add tests.',
    },
    { kind: 'notice', level: 'note', text: 'Claude Code started.', detail: null },
    { kind: 'thought', text: 'The lexer reads digits in number.rs. I should look at how floats are handled, too.' },
    {
      kind: 'plan',
      items: [
        { text: 'Find where digits are read', status: 'completed' },
        { text: 'Accept an underscore between two digits', status: 'completed' },
        { text: 'Test separators, leading and trailing ones too', status: 'in_progress' },
        { text: 'Mention it in the grammar', status: 'pending' },
      ],
    },
    tool('Read src/lexer/number.rs', {
      tool: 'read',
      locations: [{ path: `${root}/src/lexer/number.rs`, line: 40 }],
      content: [{ kind: 'text', text: oldNumber, cut: 0 }],
    }),
    tool('Edit src/lexer/number.rs', {
      tool: 'edit',
      locations: [{ path: `${root}/src/lexer/number.rs`, line: 42 }],
      content: [{ kind: 'diff', path: `${root}/src/lexer/number.rs`, oldText: oldNumber, newText: newNumber }],
    }),
    {
      kind: 'answer',
      text: 'The lexer now takes an underscore **only between two digits**:\n\n- `1_000` is a number\n- `_1` stays a name, and `1_` is an error\n\nYou can try it with:\n\n```sh\ncargo run -- "1_000 + 1"\n```\n\nI would like to run the tests next. See [the grammar](https://example.com/grammar) for the rule.',
    },
    {
      kind: 'request',
      request: 'r1',
      ask,
      outcome: { kind: 'pending' },
    },
  ];
  return bodies.map((body, at) => entry(at, body, seconds(200 - at * 10)));
}

function parserTalk(): Entry[] {
  const bodies: EntryBody[] = [
    {
      kind: 'prompt',
      message: 'm20',
      text: 'The lexer takes half of the time. Make it faster.',
      attachments: [],
      author: 'person',
    },
    tool('Run cargo bench lexer', {
      tool: 'execute',
      content: [{ kind: 'text', text: 'lexer/numbers  time: [41.2 µs 41.9 µs 42.8 µs]', cut: 0 }],
    }),
    { kind: 'answer', text: 'The lexer reads each digit twice. I read it once now: 42 µs became 19 µs.' },
  ];
  return bodies.map((body, at) => entry(at, body, seconds(90_000 - at * 30)));
}

const numberDiff: FileDiff = {
  path: path('src/lexer/number.rs'),
  oldPath: null,
  binary: false,
  tooLarge: false,
  oldMode: null,
  newMode: null,
  hunks: [
    {
      header: '@@ -38,9 +38,14 @@ impl Lexer {',
      oldStart: 38,
      oldLines: 9,
      newStart: 38,
      newLines: 14,
      lines: [
        { kind: 'context', oldNumber: 38, newNumber: 38, text: 'fn digits(&mut self) -> &str {', noNewline: false },
        { kind: 'context', oldNumber: 39, newNumber: 39, text: '    let start = self.at;', noNewline: false },
        {
          kind: 'removed',
          oldNumber: 40,
          newNumber: null,
          text: '    while self.peek().is_ascii_digit() {',
          noNewline: false,
        },
        {
          kind: 'added',
          oldNumber: null,
          newNumber: 40,
          text: '    while self.peek().is_ascii_digit() || self.separates() {',
          noNewline: false,
        },
        { kind: 'context', oldNumber: 41, newNumber: 41, text: '        self.at += 1;', noNewline: false },
        { kind: 'context', oldNumber: 42, newNumber: 42, text: '    }', noNewline: false },
        { kind: 'context', oldNumber: 43, newNumber: 43, text: '    &self.text[start..self.at]', noNewline: false },
        { kind: 'context', oldNumber: 44, newNumber: 44, text: '}', noNewline: false },
        { kind: 'added', oldNumber: null, newNumber: 45, text: '', noNewline: false },
        {
          kind: 'added',
          oldNumber: null,
          newNumber: 46,
          text: '/// An underscore counts only between two digits.',
          noNewline: false,
        },
        { kind: 'added', oldNumber: null, newNumber: 47, text: 'fn separates(&self) -> bool {', noNewline: false },
        {
          kind: 'added',
          oldNumber: null,
          newNumber: 48,
          text: "    self.peek() == b'_' && self.before().is_ascii_digit()",
          noNewline: false,
        },
        { kind: 'added', oldNumber: null, newNumber: 49, text: '}', noNewline: true },
      ],
    },
  ],
};
