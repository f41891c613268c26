// The changed files of one workspace and the diff of the chosen one. An answer that was overtaken is dropped.
import type { Against, Backend, Changes, CommandError, FileDiff, WorkspaceId } from '../../backend/backend';

/** Changes of a workspace, against its base or against HEAD. */
export class WorkspaceChanges {
  /** What is compared with. */
  against = $state<Against>('base');
  /** The files, null until they were read. */
  files = $state.raw<Changes | null>(null);
  /** Key of the chosen file. */
  chosen = $state<string | null>(null);
  /** Its diff, null until it was read. */
  diff = $state.raw<FileDiff | null>(null);
  /** Why the files could not be read. */
  error = $state.raw<CommandError | null>(null);
  /** Why the diff could not be read. */
  diffError = $state.raw<CommandError | null>(null);

  readonly #backend: Backend;
  readonly #workspace: WorkspaceId;
  #listing = 0;
  #reading = 0;

  constructor(backend: Backend, workspace: WorkspaceId) {
    this.#backend = backend;
    this.#workspace = workspace;
  }

  /** Reads the files again, and the diff that is shown. */
  async refresh(): Promise<void> {
    const mine = ++this.#listing;
    const result = await this.#backend.workspaceChanges(this.#workspace, this.against);
    if (mine !== this.#listing) return;
    if (result.status === 'error') {
      this.error = result.error;
      return;
    }
    this.error = null;
    this.files = result.data;
    if (this.chosen === null) return;
    if (result.data.files.some((file) => file.path.key === this.chosen)) await this.#read(this.chosen);
    else this.close();
  }

  /** Compares with the other one. */
  async compare(against: Against): Promise<void> {
    if (this.against === against) return;
    this.against = against;
    await this.refresh();
  }

  /** Shows a file's diff. */
  async choose(key: string): Promise<void> {
    if (this.chosen !== key) this.diff = null;
    this.chosen = key;
    await this.#read(key);
  }

  /** Shows no diff. */
  close(): void {
    this.#reading++;
    this.chosen = null;
    this.diff = null;
    this.diffError = null;
  }

  async #read(key: string): Promise<void> {
    const mine = ++this.#reading;
    const result = await this.#backend.fileDiff(this.#workspace, this.against, key);
    if (mine !== this.#reading) return;
    this.diffError = result.status === 'error' ? result.error : null;
    if (result.status === 'ok') this.diff = result.data;
  }
}
