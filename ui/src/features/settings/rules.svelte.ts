// The rules and modes of what agents may do without asking, and how they read.
import { Attempt } from '../../backend/attempt.svelte';
import type {
  Backend,
  CommandError,
  PolicyMode,
  Rule,
  RuleDraft,
  RuleId,
  Scope,
  ScopeMode,
  ToolKind,
  Verdict,
} from '../../backend/backend';

/** The modes, from the strictest on, for people. */
export const modes: { id: PolicyMode; title: string; meaning: string }[] = [
  { id: 'ask', title: 'Ask', meaning: 'Every request is yours to answer.' },
  { id: 'allow_reads', title: 'Allow reads', meaning: 'Reading and searching in the worktree needs no answer.' },
  { id: 'allow_edits', title: 'Allow edits', meaning: 'Changing files in the worktree needs no answer either.' },
  { id: 'allow_all', title: 'Allow all', meaning: 'Nothing is asked but plans and questions. Commands run unseen.' },
];

/** The kinds of tools a rule may name. */
export const tools: { id: ToolKind; title: string }[] = [
  { id: 'execute', title: 'run commands' },
  { id: 'edit', title: 'edit files' },
  { id: 'read', title: 'read files' },
  { id: 'search', title: 'search' },
  { id: 'fetch', title: 'fetch from the network' },
  { id: 'delete', title: 'delete files' },
  { id: 'move', title: 'move files' },
  { id: 'think', title: 'think' },
  { id: 'other', title: 'use other tools' },
];

const verbs: Record<Verdict, string> = { allow: 'May', ask: 'Must ask before they', deny: 'May never' };

/** What a rule says of agents, without its scope: "May run commands that begin with “git status”". */
export function ruleWords(rule: Pick<Rule, 'verdict' | 'tool' | 'command' | 'path'>): string {
  const tool = tools.find((one) => one.id === rule.tool)?.title;
  const what = tool ?? (rule.command === null ? 'use any tool' : 'run commands');
  const command = rule.command === null ? '' : ` that begin with “${rule.command}”`;
  const path = rule.path === null ? '' : ` in “${rule.path}”`;
  return `${verbs[rule.verdict]} ${what}${command}${path}`;
}

/** Where a rule holds. */
export function scopeWords(scope: Scope, projectName: (id: string) => string | undefined): string {
  switch (scope.kind) {
    case 'global':
      return 'Everywhere';
    case 'project':
      return `In ${projectName(scope.id) ?? 'a project that is gone'}`;
    case 'session':
      return 'In one conversation';
  }
}

/** The rules of one scope, or of all conversations. */
export interface RuleGroup {
  key: string;
  title: string;
  rules: Rule[];
}

/** The rules by where they hold: everywhere, then by project, then in conversations; the newest first. */
export function byScope(rules: Rule[], projectName: (id: string) => string | undefined): RuleGroup[] {
  const order = { global: 0, project: 1, session: 2 };
  const groups = new Map<string, RuleGroup>();
  const sorted = [...rules].sort((a, b) => order[a.scope.kind] - order[b.scope.kind] || b.createdAt - a.createdAt);
  for (const rule of sorted) {
    const key = rule.scope.kind === 'project' ? rule.scope.id : rule.scope.kind;
    const group = groups.get(key) ?? { key, title: scopeWords(rule.scope, projectName), rules: [] };
    group.rules.push(rule);
    groups.set(key, group);
  }
  return [...groups.values()];
}

/** A rule that is being written. */
export class RuleForm {
  verdict = $state<Verdict>('allow');
  tool = $state<ToolKind | ''>('execute');
  command = $state('');
  path = $state('');
  /** A project's id, or empty for everywhere. */
  project = $state('');

  /** Whether the tool is one that runs commands. */
  get takesCommand(): boolean {
    return this.tool === '' || this.tool === 'execute';
  }

  /** Whether the tool is one that is about files. */
  get takesPath(): boolean {
    return this.tool !== 'execute' && this.tool !== 'fetch' && this.tool !== 'think';
  }

  /** Whether it says enough to fit something. What allows commands has to name one: all of them is a mode's to allow. */
  get complete(): boolean {
    const { verdict, tool, command, path } = this.draft;
    if (verdict === 'allow' && tool === 'execute') return command !== null;
    return tool !== null || command !== null || path !== null;
  }

  /** What would be saved. */
  get draft(): RuleDraft {
    return {
      scope: this.project === '' ? { kind: 'global' } : { kind: 'project', id: this.project },
      verdict: this.verdict,
      tool: this.tool === '' ? null : this.tool,
      command: (this.takesCommand && this.command.trim()) || null,
      path: (this.takesPath && this.path.trim()) || null,
    };
  }
}

/** All rules and modes, as last told by the core. */
export class Rules {
  rules = $state.raw<Rule[]>([]);
  modes = $state.raw<ScopeMode[]>([]);
  /** Why they could not be read. */
  error = $state.raw<CommandError | null>(null);
  /** Changing one. */
  readonly changing = new Attempt();
  readonly #backend: Backend;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /** Reads both. */
  async load(): Promise<void> {
    const [rules, modes] = await Promise.all([this.#backend.policyRules(), this.#backend.policyModes()]);
    this.error = null;
    if (rules.status === 'ok') this.rules = rules.data;
    else this.error = rules.error;
    if (modes.status === 'ok') this.modes = modes.data;
    else this.error = modes.error;
  }

  /** A scope's own mode, null where it inherits. */
  mode(scope: Scope): PolicyMode | null {
    return this.modes.find((one) => sameScope(one.scope, scope))?.mode ?? null;
  }

  /** Adds one; answers whether it was taken. */
  add(draft: RuleDraft): Promise<boolean> {
    return this.#change(() => this.#backend.addRule(draft));
  }

  /** Revokes one. */
  revoke(id: RuleId): Promise<boolean> {
    return this.#change(() => this.#backend.revokeRule(id));
  }

  /** Sets a scope's mode, null to inherit. */
  setMode(scope: Scope, mode: PolicyMode | null): Promise<boolean> {
    return this.#change(() => this.#backend.setPolicyMode(scope, mode));
  }

  async #change<T>(call: Parameters<Attempt['run']>[0] & (() => Promise<T>)): Promise<boolean> {
    const done = await this.changing.run(call);
    await this.load();
    return done !== null;
  }
}

function sameScope(a: Scope, b: Scope): boolean {
  if (a.kind === 'global' || b.kind === 'global') return a.kind === b.kind;
  return a.kind === b.kind && a.id === b.id;
}
