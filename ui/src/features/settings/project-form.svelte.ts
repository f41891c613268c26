// What the person sets for one project: saved as each field is left, and nothing typed is lost when that fails.
import { Attempt } from '../../backend/attempt.svelte';
import type { Backend, CommandError, ProjectId, ProjectSettings } from '../../backend/backend';

/** The settings of one project while they are changed. */
export class ProjectForm {
  /** As the person wants them; null until they were read. */
  wanted = $state.raw<ProjectSettings | null>(null);
  /** Why they could not be read. */
  error = $state.raw<CommandError | null>(null);
  /** Whether the last change is stored. */
  saved = $state(false);
  /** Storing them. */
  readonly saving = new Attempt();
  readonly #backend: Backend;
  readonly #project: ProjectId;

  constructor(backend: Backend, project: ProjectId) {
    this.#backend = backend;
    this.#project = project;
  }

  /** Reads them. */
  async load(): Promise<void> {
    const result = await this.#backend.projectSettings(this.#project);
    if (result.status === 'ok') this.wanted = result.data;
    this.error = result.status === 'error' ? result.error : null;
  }

  /** Whether something is typed that is not stored yet. */
  #typed = false;

  /** Takes what is being typed; it is stored as the field is left, or as the form is. */
  type(change: Partial<ProjectSettings>): void {
    if (!this.wanted) return;
    this.wanted = { ...this.wanted, ...change };
    this.saved = false;
    this.#typed = true;
  }

  /** Stores what was typed, where the form goes without its field being left. */
  leave(): void {
    if (this.#typed) void this.save();
  }

  /** Changes some of them and stores them all. */
  async change(change: Partial<ProjectSettings>): Promise<void> {
    if (!this.wanted) return;
    this.wanted = { ...this.wanted, ...change };
    await this.save();
  }

  /** Stores them; what was changed meanwhile goes after. */
  async save(): Promise<void> {
    const stored = this.wanted;
    if (!stored) return;
    this.saved = false;
    this.#typed = false;
    const done = await this.saving.run(() => this.#backend.saveProjectSettings(this.#project, stored));
    if (!done) return;
    if (this.wanted === stored) this.saved = true;
    else await this.save();
  }
}
