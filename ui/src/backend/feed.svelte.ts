// The board as the core sends it: whole cards, each replaced by a newer one and never patched.
import { SvelteMap } from 'svelte/reactivity';
import type { Backend, Batch, Card, CommandError, ProjectCard, ProjectId, WorkspaceId } from './backend';

/** All cards and projects, kept by one subscription at a time. */
export class Feed {
  /** The cards on the board, by workspace. */
  readonly cards = new SvelteMap<WorkspaceId, Card>();
  /** The projects, in the order of the core. */
  projects = $state.raw<ProjectCard[]>([]);
  /** Whether a full picture arrived. */
  settled = $state(false);
  /** Why there is no subscription. */
  error = $state.raw<CommandError | null>(null);

  readonly #backend: Backend;
  #subscription = 0;
  #next = 0;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /** Subscribes, anew if there was a subscription: what the old one still sends is dropped. */
  async subscribe(): Promise<void> {
    const mine = ++this.#subscription;
    this.#next = 0;
    this.error = null;
    const result = await this.#backend.subscribeBoard((batch) => {
      if (mine === this.#subscription) this.#take(batch);
    });
    if (result.status === 'error' && mine === this.#subscription) this.error = result.error;
  }

  /** The project of this id. */
  project(id: ProjectId): ProjectCard | undefined {
    return this.projects.find((project) => project.id === id);
  }

  #take(batch: Batch): void {
    const expected = this.#next;
    if (batch.sequence < expected) return;
    if (batch.sequence > expected || (expected === 0 && !batch.full)) {
      void this.subscribe();
      return;
    }
    this.#next = expected + 1;
    if (batch.full) {
      const kept = new Set(batch.cards.map((card) => card.id));
      for (const id of this.cards.keys()) if (!kept.has(id)) this.cards.delete(id);
    }
    for (const card of batch.cards) {
      const known = this.cards.get(card.id);
      if (!known || known.revision < card.revision) this.cards.set(card.id, card);
    }
    for (const id of batch.removed) this.cards.delete(id);
    if (batch.projects) this.projects = batch.projects;
    if (batch.full) this.settled = true;
  }
}
