// What the board shows: the cards that pass the filter, each in the column that the core put it in, in a steady order.
import type { Card, Column, WorkspaceId } from '../../backend/backend';
import { byAge, byAttention } from '../../backend/cards';
import type { Feed } from '../../backend/feed.svelte';

/** A column with its cards in order. */
export interface ShownColumn {
  id: Column;
  title: string;
  cards: Card[];
}

/** The board's filter, and what it leaves. */
export class BoardView {
  /** Words that name, branch, project or detail must contain. */
  text = $state('');
  /** The card the keys are on. */
  cursor = $state<WorkspaceId | null>(null);

  readonly #feed: Feed;
  readonly #project: () => string | null;

  /** `project` is the one to show, or null for all. */
  constructor(feed: Feed, project: () => string | null) {
    this.#feed = feed;
    this.#project = project;
  }

  /** All cards of the chosen project. */
  readonly ofProject = $derived.by(() => {
    const project = this.#project();
    return [...this.#feed.cards.values()].filter(
      (card) => card.status.column !== null && (project === null || card.workspace.project === project),
    );
  });

  /** The columns. */
  readonly columns = $derived.by((): ShownColumn[] => {
    const words = this.text.toLowerCase().split(/\s+/).filter(Boolean);
    const cards = this.ofProject.filter((card) =>
      matches(card, words, this.#feed.project(card.workspace.project)?.name),
    );
    const of = (column: Column) => cards.filter((card) => card.status.column === column);
    return [
      { id: 'working', title: 'Working', cards: of('working').sort(byAge) },
      { id: 'waiting', title: 'Waiting', cards: of('waiting').sort(byAttention) },
    ];
  });

  /** Every place on the board in one text: when it stays the same, nothing moves. */
  readonly layout = $derived(this.columns.map((column) => column.cards.map((card) => card.id).join()).join('|'));

  /** The card that comes `step` places after the cursor, in reading order; the first one when there is none. */
  next(step: 1 | -1): WorkspaceId | null {
    const order = this.columns.flatMap((column) => column.cards.map((card) => card.id));
    const at = this.cursor === null ? -1 : order.indexOf(this.cursor);
    if (at < 0) return order[0] ?? null;
    return order[Math.max(0, Math.min(order.length - 1, at + step))] ?? null;
  }
}

function matches(card: Card, words: string[], project = ''): boolean {
  if (words.length === 0) return true;
  const { name, branch } = card.workspace;
  const text = `${name} ${branch} ${project} ${card.status.label} ${card.status.detail ?? ''}`.toLowerCase();
  return words.every((word) => text.includes(word));
}
