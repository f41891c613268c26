// Conversations for looking at the window in a browser: one for each state that a person may meet.
import type {
  Ask,
  AskOption,
  Entry,
  EntryBody,
  Message,
  Offers,
  SessionGroup,
  SessionSummary,
  ToolCall,
} from './backend';
import { entry, summary, type FakeBackend } from './fake';

const now = Date.now();
const seconds = (count: number) => now - count * 1000;
const root = '/home/me/shopfloor/engine';

/** What a real agent offers. */
export const offers: Offers = {
  commands: [
    { name: 'compact', description: 'Make the context smaller, keeping a summary', hint: '[what to keep]' },
    { name: 'review', description: 'Review a pull request', hint: '<number>' },
    { name: 'init', description: 'Write a CLAUDE.md for this repository', hint: null },
    { name: 'security-review', description: 'Look at the pending changes for security', hint: null },
  ],
  options: [
    {
      id: 'mode',
      name: 'Mode',
      description: null,
      category: 'mode',
      current: 'default',
      choices: [
        { value: 'default', name: 'Default', description: 'Asks before it changes anything', group: null },
        { value: 'acceptEdits', name: 'Accept edits', description: 'Changes files without asking', group: null },
        { value: 'plan', name: 'Plan', description: 'Thinks first and changes nothing', group: null },
      ],
    },
    {
      id: 'model',
      name: 'Model',
      description: null,
      category: 'model',
      current: 'opus',
      choices: [
        { value: 'opus', name: 'Opus', description: 'For hard problems', group: null },
        { value: 'sonnet', name: 'Sonnet', description: 'Quick and able', group: null },
      ],
    },
    {
      id: 'effort',
      name: 'Thinking',
      description: null,
      category: 'thinking',
      current: 'high',
      choices: ['low', 'medium', 'high'].map((value) => ({ value, name: value, description: null, group: null })),
    },
  ],
  images: true,
};

const options: AskOption[] = [
  { id: 'o1', name: 'Allow', kind: 'allow_once' },
  { id: 'o3', name: 'Reject', kind: 'reject_once' },
];

function tool(title: string, change: Partial<ToolCall>): EntryBody {
  const base: ToolCall = {
    call: title,
    tool: 'other',
    title,
    status: 'completed',
    locations: [],
    content: [],
    input: null,
  };
  return { kind: 'tool', call: { ...base, ...change } };
}

const output = Array.from({ length: 60 }, (_, at) =>
  at % 17 === 16
    ? `test lexer::number_${at} ... \u001b[31mFAILED\u001b[0m`
    : `test lexer::number_${at} ... \u001b[32mok\u001b[0m`,
).join('\n');

/** A small picture, PNG. */
const chart =
  'iVBORw0KGgoAAAANSUhEUgAAAGAAAAA4AgMAAAB/KxUxAAAACVBMVEX29/ksV83e4OP814nQAAAANElEQVR42mNgGMyANTRgUElAhIaFBASNSgxGCYQKwhLocUyUBIorMCWgcsNEYhUOMKAlGwCbx3gzmqOGKgAAAABJRU5ErkJggg==';

function prompt(text: string): EntryBody {
  return { kind: 'prompt', message: 'm', text };
}

const plan: Ask = {
  kind: 'plan',
  title: 'Ready to move the settings?',
  call: {
    call: 'p',
    tool: 'switch_mode',
    title: 'Plan',
    status: 'pending',
    locations: [],
    content: [
      {
        kind: 'text',
        text: '## Move settings\n\n1. Add a `settings` table\n2. Read the old file **once** and move it\n3. Delete the reader in `src/settings/legacy.rs`\n\n> Nothing is lost: the old file stays as `settings.old.json`.',
        cut: 0,
      },
    ],
    input: null,
  },
  options: [
    { id: 'o1', name: 'Yes, and accept edits', kind: 'allow_always' },
    { id: 'o2', name: 'Yes, and ask for each edit', kind: 'allow_once' },
    { id: 'o3', name: 'No, keep planning', kind: 'reject_once' },
  ],
  fields: [],
};

const question: Ask = {
  kind: 'question',
  title: 'Which accent colour should links have?',
  call: null,
  options: [],
  fields: [
    {
      name: 'colour',
      title: 'Colour',
      description: 'It is used in the whole documentation.',
      required: true,
      kind: { kind: 'choice', options: ['b', 'g', 'v'], titles: ['Blue, as the product', 'Green', 'Violet'] },
    },
    {
      name: 'places',
      title: 'Where else?',
      description: null,
      required: false,
      kind: { kind: 'choices', options: ['nav', 'foot'], titles: ['Navigation', 'Footer'] },
    },
    { name: 'contrast', title: 'Least contrast', description: null, required: true, kind: { kind: 'number' } },
    { name: 'underline', title: 'Underline links', description: null, required: false, kind: { kind: 'boolean' } },
    { name: 'note', title: 'Anything else', description: null, required: false, kind: { kind: 'text' } },
  ],
};

const command: Ask = {
  kind: 'permission',
  title: 'Run npm run build',
  call: {
    call: 'c',
    tool: 'execute',
    title: 'npm run build',
    status: 'pending',
    locations: [],
    content: [],
    input: null,
  },
  options,
  fields: [],
  command: 'npm run build -- --mode production',
  paths: [],
};

const edit: Ask = {
  kind: 'permission',
  title: 'Edit vite.config.ts',
  call: {
    call: 'd',
    tool: 'edit',
    title: 'Edit vite.config.ts',
    status: 'pending',
    locations: [{ path: `${root}/vite.config.ts`, line: 4 }],
    content: [{ kind: 'diff', path: `${root}/vite.config.ts`, oldText: 'port: 5173,\n', newText: 'port: 5174,\n' }],
    input: null,
  },
  options,
  fields: [],
  paths: [`${root}/vite.config.ts`],
};

const finished: EntryBody[] = [
  {
    ...(prompt('Explain the cache in the README, with the numbers of this screenshot.') as {
      kind: 'prompt';
      message: string;
      text: string;
    }),
    attachments: [
      { kind: 'image', id: 'a1', name: 'latency.png', mime: 'image/png', bytes: 48_200 },
      { kind: 'file', name: 'src/cache.rs', path: `${root}/src/cache.rs` },
    ],
  },
  { kind: 'thought', text: 'The cache has **two layers**. I should read both before I write anything about them.' },
  tool('Search "struct Cache"', {
    tool: 'search',
    content: [{ kind: 'text', text: 'src/cache.rs:12\nsrc/cache/disk.rs:4', cut: 0 }],
  }),
  tool('cargo bench cache', { tool: 'execute', content: [{ kind: 'text', text: output, cut: 120_000 }] }),
  tool('cargo doc', {
    tool: 'execute',
    status: 'failed',
    content: [
      { kind: 'text', text: '\u001b[1;31merror\u001b[0m: unresolved link to `Layer`\n  --> src/cache.rs:31:9', cut: 0 },
    ],
  }),
  {
    kind: 'request',
    request: 'old',
    ask: command,
    outcome: { kind: 'answered', choice: 'Allow', allowed: true, by: 'the rule “npm run”, in this project' },
  },
  {
    kind: 'answer',
    text: [
      'The cache has two layers; the README now has a section with both.',
      '',
      '| layer | hit | size |',
      '|---|---:|---:|',
      '| memory | 0.2 µs | 64 MB |',
      '| disk | 90 µs | 2 GB |',
      '',
      '- [x] Memory layer',
      '- [x] Disk layer',
      '- [ ] Numbers for Windows',
      '',
      '```rust',
      '/// Looks in memory first.',
      'pub fn get(&self, key: &str) -> Option<Arc<[u8]>> {',
      '    let hit = self.memory.lock().get(key).cloned(); // cheap',
      '    hit.or_else(|| self.disk.read(key, 1_000))',
      '}',
      '```',
      '',
      '```ts',
      "const cached = await cache.get<Row[]>('rows', { ttl: 60 });",
      'if (!cached) throw new Error(`no rows in ${name}`);',
      '```',
      '',
      '> Entries above 1 MB skip the memory layer.',
    ].join('\n'),
  },
  {
    kind: 'turn_end',
    reason: 'end_turn',
    millis: 94_000,
    summary: {
      tools: 3,
      failed: 1,
      files: [`${root}/README.md`, `${root}/docs/cache.md`],
      used: 168_000,
      cost: '0.61 USD',
    },
  },
  { kind: 'other', name: 'session_info_update', raw: '{\n  "title": "Cache in the README"\n}' },
];

function entries(bodies: EntryBody[]): Entry[] {
  return bodies.map((body, at) => ({
    ...entry(at, body, seconds(400 - at * 10)),
    updatedAt: seconds(400 - at * 10 - 4.2),
  }));
}

function message(id: string, text: string, state: Message['state']): Message {
  return { id, session: 's2', position: 1, text, attachments: [], author: 'person', state, createdAt: now };
}

function tell(fake: FakeBackend, id: string, bodies: EntryBody[], change: Partial<SessionSummary>): void {
  const session = summary(id, { workspace: id.replace('s', 'w'), stateSince: seconds(30), ...change });
  fake.conversations.set(id, { session, entries: entries(bodies), offers, more: false, revision: 1 });
}

const working = { kind: 'working', incarnation: 1 } as const;

/** Gives the workspaces of the busy day their conversations. */
export function tellTalks(fake: FakeBackend): void {
  fake.files = [
    'src/lexer/number.rs',
    'src/lexer/mod.rs',
    'src/cache.rs',
    'docs/grammar.md',
    'README.md',
    'Cargo.toml',
  ];
  fake.offered = offers;
  fake.attached.set('a1', chart);
  tell(
    fake,
    's2',
    [
      prompt('Fix the flaky upload test.'),
      tool('cargo test upload', {
        tool: 'execute',
        status: 'in_progress',
        content: [{ kind: 'text', text: output, cut: 0 }],
      }),
    ],
    {
      agent: 'codex',
      state: working,
      quiet: { since: seconds(760), likely: 'A command runs for 12 min: cargo test upload. It may wait for input.' },
      queue: [
        message('q1', 'Then run it fifty times in a row.', 'queued'),
        message('q2', 'And tell me which commit broke it.', 'held'),
        message('q3', 'Push when it is green.', 'failed'),
      ],
    },
  );
  tell(
    fake,
    's3',
    [
      prompt('Move the settings to the new storage.'),
      { kind: 'request', request: 'r3', ask: plan, outcome: { kind: 'pending' } },
    ],
    { agent: 'claude-code', state: working, pending: [{ id: 'r3', session: 's3', ask: plan, since: seconds(20) }] },
  );
  tell(
    fake,
    's4',
    [
      prompt('Make a dark theme for the documentation.'),
      { kind: 'request', request: 'r4', ask: question, outcome: { kind: 'pending' } },
    ],
    { agent: 'claude-code', state: working, pending: [{ id: 'r4', session: 's4', ask: question, since: seconds(20) }] },
  );
  tell(fake, 's5', finished, {
    agent: 'codex',
    usage: { used: 168_000, size: 200_000, cost: '0.61 USD' },
    policy: 'allow_edits',
    policyIsOwn: true,
  });
  tell(
    fake,
    's6',
    [
      prompt('Upgrade the HTTP client.'),
      { kind: 'notice', level: 'error', text: 'Codex is not signed in.', detail: '401 Unauthorized' },
    ],
    { agent: 'codex', state: { kind: 'failed', cause: { kind: 'sign_in', said: '401 Unauthorized' } } },
  );
  tell(
    fake,
    's8',
    [
      prompt('Try the new allocator, in both programs.'),
      { kind: 'request', request: 'r8', ask: command, outcome: { kind: 'pending' } },
      { kind: 'request', request: 'r9', ask: edit, outcome: { kind: 'pending' } },
    ],
    {
      agent: 'claude-code',
      state: working,
      pending: [
        { id: 'r8', session: 's8', ask: command, since: seconds(20) },
        { id: 'r9', session: 's8', ask: edit, since: seconds(18) },
      ],
    },
  );
  moreTabs(fake);
}

/** Gives the first workspace several conversations, one of them closed. */
function moreTabs(fake: FakeBackend): void {
  const card = fake.cards.get('w1');
  const first = card?.sessions[0];
  if (!card || !first) return;
  const more = (id: string, title: string, change: Partial<SessionGroup>): SessionGroup => ({
    ...first,
    id,
    title,
    pending: [],
    run: { kind: 'ready' },
    ...change,
  });
  fake.cards.set('w1', {
    ...card,
    sessions: [
      { ...first, title: 'Underscores in numbers' },
      more('s11', 'Why is the lexer slow?', { agent: 'codex', run: { kind: 'working' } }),
      more('s12', 'Write the changelog', { agent: 'practice', queued: 2 }),
      more('s13', 'First try', { closedAt: seconds(600), run: { kind: 'stopped' } }),
    ],
  });
  for (const id of ['s11', 's12', 's13']) tell(fake, id, [prompt('Say more.')], { workspace: 'w1', agent: 'codex' });
}
