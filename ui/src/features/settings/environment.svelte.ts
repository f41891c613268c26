// What an agent inherits of the app's environment: names only, each passed or withheld, and why.
import { Attempt } from '../../backend/attempt.svelte';
import type { AgentId, Backend, CommandError, Inherited } from '../../backend/backend';

/** How a variable stands that a way to sign in asks for. */
export type Standing = 'passed' | 'withheld' | 'unset';

/** What one agent inherits. */
export class Inheritance {
  variables = $state.raw<Inherited[] | null>(null);
  /** Narrows the list. */
  filter = $state('');
  /** Why it could not be read. */
  error = $state.raw<CommandError | null>(null);
  /** Saving a change. */
  readonly saving = new Attempt();
  /** Names and beginnings (`NAME*`) that are passed though they look secret. */
  #pass = $state.raw<string[]>([]);
  /** Names and beginnings that are withheld. */
  #withhold = $state.raw<string[]>([]);
  /** Those whose name holds the filter, the withheld ones first. */
  readonly shown = $derived.by(() => {
    const wanted = this.filter.trim().toLowerCase();
    const fits = (this.variables ?? []).filter((one) => one.name.toLowerCase().includes(wanted));
    return fits.sort((a, b) => Number(a.passed) - Number(b.passed) || a.name.localeCompare(b.name));
  });
  /** How many are withheld. */
  readonly withheld = $derived((this.variables ?? []).filter((one) => !one.passed).length);
  /** What the person chose that no variable of now bears as its name: beginnings, and names that are not set. */
  readonly unset = $derived.by(() => {
    const set = new Set((this.variables ?? []).map((one) => one.name));
    const chosen = [
      ...this.#pass.map((name) => ({ name, passed: true })),
      ...this.#withhold.map((name) => ({ name, passed: false })),
    ];
    return chosen.filter((one) => !set.has(one.name));
  });
  readonly #backend: Backend;
  readonly #agent: AgentId;

  constructor(backend: Backend, agent: { id: AgentId; pass: string[]; withhold: string[] }) {
    this.#backend = backend;
    this.#agent = agent.id;
    this.#pass = agent.pass;
    this.#withhold = agent.withhold;
  }

  /** Reads it. */
  async load(): Promise<void> {
    const result = await this.#backend.agentEnvironment(this.#agent);
    if (result.status === 'ok') {
      this.variables = result.data;
      this.error = null;
    } else this.error = result.error;
  }

  /** How a variable stands by its whole name. */
  standing(name: string): Standing {
    const known = this.variables?.find((one) => one.name === name);
    if (!known) return 'unset';
    return known.passed ? 'passed' : 'withheld';
  }

  /** Passes or withholds a name, or a beginning that ends in `*`, from now on. */
  set(name: string, passed: boolean): Promise<boolean> {
    const pass = passed ? [...without(this.#pass, name), name] : without(this.#pass, name);
    const withhold = passed ? without(this.#withhold, name) : [...without(this.#withhold, name), name];
    return this.#save(pass, withhold);
  }

  /** Takes back what was chosen for a name: it stands as it would by itself. */
  forget(name: string): Promise<boolean> {
    return this.#save(without(this.#pass, name), without(this.#withhold, name));
  }

  async #save(pass: string[], withhold: string[]): Promise<boolean> {
    const saved = await this.saving.run(() => this.#backend.saveAgentEnvironment(this.#agent, pass, withhold));
    if (saved) [this.#pass, this.#withhold] = [pass, withhold];
    await this.load();
    return saved !== null;
  }
}

function without(names: string[], name: string): string[] {
  return names.filter((one) => one !== name);
}
