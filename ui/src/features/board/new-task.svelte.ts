// The form of a new workspace: where, what, by whom, from which branch. What is typed survives closing it.
import { Attempt } from '../../backend/attempt.svelte';
import type { AgentId, Backend, Base, ProjectId, WorkspaceId } from '../../backend/backend';
import { recall, remember } from '../../design/remembered.svelte';

const key = 'draft:new-workspace';

/** A task that is being written. */
export class NewTaskForm {
  /** The project; the form asks its bases. */
  project = $state<ProjectId | null>(null);
  /** The branch to start from, null for the project's default. */
  base = $state<string | null>(null);
  /** Branches that can be chosen. */
  bases = $state.raw<Base[]>([]);
  /** Creating it. */
  readonly creating = new Attempt();
  #prompt = $state('');
  #picked = $state<AgentId | null>(null);
  #ofProject = $state<AgentId | null>(null);
  readonly #backend: Backend;
  readonly #preferred: AgentId | null;

  /** `preferred`: the agent of projects that have none of their own. */
  constructor(backend: Backend, preferred: AgentId | null) {
    this.#backend = backend;
    this.#preferred = preferred;
    this.#prompt = recall(key) ?? '';
  }

  get prompt(): string {
    return this.#prompt;
  }

  set prompt(text: string) {
    this.#prompt = text;
    remember(key, text || null);
  }

  /** The agent: as picked, else the project's, else the preferred one; null for the default. */
  get agent(): AgentId | null {
    return this.#picked ?? this.#ofProject ?? this.#preferred;
  }

  set agent(agent: AgentId | null) {
    this.#picked = agent;
  }

  /** Chooses the project and asks where a workspace of it can start and who works on it. */
  async choose(project: ProjectId | null): Promise<void> {
    if (project === this.project) return;
    this.project = project;
    this.base = null;
    this.bases = [];
    this.#ofProject = null;
    if (project === null) return;
    const [bases, settings] = await Promise.all([
      this.#backend.projectBases(project),
      this.#backend.projectSettings(project),
    ]);
    if (this.project !== project) return;
    if (bases.status === 'ok') this.bases = bases.data;
    if (settings.status === 'ok') this.#ofProject = settings.data.agent;
  }

  /** Creates the workspace; answers its id, or null when it was refused. */
  async create(): Promise<WorkspaceId | null> {
    const project = this.project;
    if (project === null) return null;
    const { base, prompt } = this;
    // Only what was picked is named: the core knows the project's agent also where the form has not heard of it yet.
    const agent = this.#picked;
    const made = await this.creating.run(() => this.#backend.createWorkspace({ project, agent, base, prompt }));
    // What was typed while it was on its way is the next task's.
    if (made && this.prompt.startsWith(prompt)) this.prompt = this.prompt.slice(prompt.length).trimStart();
    return made?.data ?? null;
  }
}
