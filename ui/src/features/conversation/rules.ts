// From a request to the rules that would answer its like: what a rule may say of a command, a folder, a kind of tool.
import type { Ask, RuleDraft, Scope, ToolKind, Verdict } from '../../backend/backend';
import { hides } from '../../design/visible';

/** A way to say which requests are alike. */
export interface Likeness {
  id: 'command' | 'folder' | 'tool';
  /** For people, after "Always allow". */
  words: string;
  tool: ToolKind | null;
  /** The first words of a command, which the person may change. */
  command: string | null;
  path: string | null;
}

/** Where a rule holds, in the words of the menu. */
export type Reach = 'session' | 'project' | 'global';

const plural: Record<ToolKind, string> = {
  read: 'all reading',
  edit: 'all edits',
  delete: 'all deleting',
  move: 'all moving',
  search: 'all searching',
  execute: 'all commands',
  think: 'all thinking',
  fetch: 'all fetching',
  switch_mode: 'all changes of mode',
  other: 'all other tools',
};

const inFolder: Partial<Record<ToolKind, string>> = {
  read: 'reading',
  edit: 'edits',
  delete: 'deleting',
  move: 'moving',
  search: 'searching',
};

/** A command that holds another one fits no rule, so none is offered for it; nor for one that hides something. */
const compound = /[;&|<>`\n]|\$\(/;

/** The ways this request can be generalised, the narrowest first. */
export function likenesses(ask: Ask, root: string): Likeness[] {
  const tool = ask.call?.tool ?? null;
  const out: Likeness[] = [];
  const command = ask.command?.trim();
  if (command && !compound.test(command) && !hides(command))
    out.push({
      id: 'command',
      words: 'commands that begin with',
      tool: null,
      command: firstWords(command),
      path: null,
    });
  const folder = commonFolder(ask.paths ?? []);
  if (folder !== null && tool && inFolder[tool]) {
    const short = folder === root ? '.' : folder.startsWith(`${root}/`) ? folder.slice(root.length + 1) : folder;
    const where = short === '.' ? 'this worktree' : short;
    out.push({ id: 'folder', words: `${inFolder[tool]} in ${where}`, tool, command: null, path: short });
  }
  if (tool) out.push({ id: 'tool', words: plural[tool], tool, command: null, path: null });
  return out;
}

/** The program and, where it reads like one, its subcommand: `cargo test`, `git -C x` stays `git`. */
export function firstWords(command: string): string {
  const [program = '', second = ''] = command.split(/\s+/);
  return /^[a-z][\w:-]*$/i.test(second) ? `${program} ${second}` : program;
}

/** The deepest folder that all paths lie in; null where there is no path. */
export function commonFolder(paths: string[]): string | null {
  const [first, ...others] = paths.map((path) => path.split('/').slice(0, -1));
  if (!first) return null;
  let depth = first.length;
  for (const other of others) {
    let same = 0;
    while (same < depth && first[same] === other[same]) same++;
    depth = same;
  }
  return depth <= 1 ? null : first.slice(0, depth).join('/');
}

/** The rule as it is sent; null where the person left no words to recognise a command by. */
export function ruleDraft(likeness: Likeness, words: string, verdict: Verdict, scope: Scope): RuleDraft | null {
  const command = likeness.command === null ? null : words.trim().replace(/\s+/g, ' ');
  if (command === '') return null;
  return { scope, verdict, tool: likeness.tool, command, path: likeness.path };
}

/** A reach as the core knows it. */
export function scopeOf(reach: Reach, session: string, project: string): Scope {
  if (reach === 'global') return { kind: 'global' };
  return reach === 'session' ? { kind: 'session', id: session } : { kind: 'project', id: project };
}
