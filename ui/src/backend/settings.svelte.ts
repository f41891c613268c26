// The agents and what the person prefers: asked once, shared by every view that offers a choice of them.
import type { AgentEntry, AgentId, Backend, CommandError, Preferences } from './backend';

/** Agents and preferences as last told by the core. */
export class Settings {
  /** All agents, the practice agent last. */
  agents = $state.raw<AgentEntry[]>([]);
  /** What the person prefers. */
  preferences = $state.raw<Preferences>({
    theme: 'system',
    defaultAgent: null,
    reviewAgent: null,
    maxLiveAgents: 8,
    sleepAfterMinutes: 15,
    quietAfterMinutes: 10,
    editor: null,
  });
  /** Why they could not be read. */
  error = $state.raw<CommandError | null>(null);
  /** The agent that new workspaces get. */
  readonly defaultAgent = $derived(this.agents.find((agent) => agent.isDefault)?.id ?? null);

  /** The agent that was chosen for reviews, while it is there; else a workspace's own reviews. */
  readonly reviewAgent = $derived(
    this.agents.find((agent) => agent.id === this.preferences.reviewAgent && agent.path !== null)?.id ?? null,
  );

  readonly #backend: Backend;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /** Reads both. */
  async load(): Promise<void> {
    const [agents, preferences] = await Promise.all([this.#backend.agents(), this.#backend.preferences()]);
    this.error = null;
    if (agents.status === 'ok') this.agents = agents.data;
    else this.error = agents.error;
    if (preferences.status === 'ok') this.preferences = preferences.data;
    else this.error = preferences.error;
  }

  /** Changes some preferences at once and takes the change back if it could not be saved. */
  async prefer(change: Partial<Preferences>): Promise<CommandError | null> {
    const before = this.preferences;
    const wanted = { ...before, ...change };
    this.preferences = wanted;
    const result = await this.#backend.savePreferences(wanted);
    if (result.status === 'error') {
      if (this.preferences === wanted) this.preferences = before;
      return result.error;
    }
    if (change.defaultAgent !== undefined) await this.load();
    return null;
  }

  /** An agent's name for people. */
  agentName(id: AgentId | null): string {
    if (id === null) return 'No agent';
    return this.agents.find((agent) => agent.id === id)?.name ?? id;
  }
}
