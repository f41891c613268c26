// The form of a new workspace: where, what, by whom, from which branch. What is typed survives closing it.
import { Attempt } from '../../backend/attempt.svelte';
import type { AgentId, Backend, Base, ProjectId, WorkspaceId } from '../../backend/backend';
import { recall, remember } from '../../design/remembered.svelte';

const key = 'draft:new-workspace';

/** A task that is being written. */
export class NewTaskForm {
  /** The project; the form asks its bases. */
  project = $state<ProjectId | null>(null);
  /** The agent, null for the default one. */
  agent = $state<AgentId | null>(null);
  /** The branch to start from, null for the project's default. */
  base = $state<string | null>(null);
  /** Branches that can be chosen. */
  bases = $state.raw<Base[]>([]);
  /** Creating it. */
  readonly creating = new Attempt();
  #prompt = $state('');
  readonly #backend: Backend;

  constructor(backend: Backend) {
    this.#backend = backend;
    this.#prompt = recall(key) ?? '';
  }

  get prompt(): string {
    return this.#prompt;
  }

  set prompt(text: string) {
    this.#prompt = text;
    remember(key, text || null);
  }

  /** Chooses the project and asks where a workspace of it can start. */
  async choose(project: ProjectId | null): Promise<void> {
    if (project === this.project) return;
    this.project = project;
    this.base = null;
    this.bases = [];
    if (project === null) return;
    const result = await this.#backend.projectBases(project);
    if (this.project === project && result.status === 'ok') this.bases = result.data;
  }

  /** Creates the workspace; answers its id, or null when it was refused. */
  async create(): Promise<WorkspaceId | null> {
    const project = this.project;
    if (project === null) return null;
    const { agent, base, prompt } = this;
    const made = await this.creating.run(() => this.#backend.createWorkspace({ project, agent, base, prompt }));
    // What was typed while it was on its way is the next task's.
    if (made && this.prompt.startsWith(prompt)) this.prompt = this.prompt.slice(prompt.length).trimStart();
    return made?.data ?? null;
  }
}
