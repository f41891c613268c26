// The form of an agent of the person's own: a command that speaks ACP.
import { Attempt } from '../../backend/attempt.svelte';
import type { AgentDraft, AgentEntry, AgentId, Backend, Variable } from '../../backend/backend';

/** Splits a command line's arguments: white space separates, quotes keep together, a backslash takes the next as it is. */
export function splitArguments(line: string): string[] {
  const out: string[] = [];
  let word: string | null = null;
  let quote: string | null = null;
  for (let at = 0; at < line.length; at++) {
    const sign = line[at] ?? '';
    if (sign === '\\' && quote !== "'" && at + 1 < line.length) {
      word = (word ?? '') + (line[++at] ?? '');
    } else if (quote) {
      if (sign === quote) quote = null;
      else word = (word ?? '') + sign;
    } else if (sign === '"' || sign === "'") {
      quote = sign;
      word ??= '';
    } else if (/\s/.test(sign)) {
      if (word !== null) out.push(word);
      word = null;
    } else word = (word ?? '') + sign;
  }
  if (word !== null) out.push(word);
  return out;
}

/** The line that `splitArguments` splits into these. */
export function joinArguments(args: string[]): string {
  return args.map((arg) => (/^[\w@%+=:,./-]+$/.test(arg) ? arg : `"${arg.replace(/(["\\])/g, '\\$1')}"`)).join(' ');
}

/** Reads one `NAME=value` per line; a line without a name is left out. */
export function readVariables(text: string): Variable[] {
  return text.split('\n').flatMap((line) => {
    const cut = line.indexOf('=');
    const name = line.slice(0, cut).trim();
    return cut > 0 && name ? [{ name, value: line.slice(cut + 1) }] : [];
  });
}

/** An agent that is being written. */
export class AgentForm {
  name = $state('');
  command = $state('');
  args = $state('');
  env = $state('');
  /** Saving it. */
  readonly saving = new Attempt();
  readonly id: AgentId | null;

  /** For a new one, or to change one. */
  constructor(agent: AgentEntry | null) {
    this.id = agent?.id ?? null;
    if (!agent) return;
    this.name = agent.name;
    this.command = agent.command;
    this.args = joinArguments(agent.args);
    this.env = agent.env.map(({ name, value }) => `${name}=${value}`).join('\n');
  }

  /** What would be saved. */
  get draft(): AgentDraft {
    const { id, name, command } = this;
    const args = splitArguments(this.args);
    return { id, name: name.trim(), command: command.trim(), args, env: readVariables(this.env) };
  }

  /** Whether there is enough to save. */
  get complete(): boolean {
    return this.name.trim() !== '' && this.command.trim() !== '';
  }

  /** Saves it; answers the agent, or null when it was refused. */
  async save(backend: Backend): Promise<AgentEntry | null> {
    if (!this.complete) return null;
    const saved = await this.saving.run(() => backend.saveAgent(this.draft));
    return saved?.data ?? null;
  }
}
