// Every workspace once: what needs the person on top, then what waits, then what works.
import type { Card } from '../../backend/backend';
import { byAge, byAttention, needsPerson } from '../../backend/cards';

/** A group of rows. */
export interface Group {
  id: 'needs' | 'waiting' | 'working';
  title: string;
  cards: Card[];
}

/** The groups that have rows, in order. */
export function groups(cards: Card[]): Group[] {
  const shown = cards.filter((card) => card.status.column !== null);
  const needs = shown.filter(needsPerson).sort(byAttention);
  const rest = shown.filter((card) => !needsPerson(card));
  const all: Group[] = [
    { id: 'needs', title: 'Needs you', cards: needs },
    { id: 'waiting', title: 'Waiting', cards: rest.filter((card) => card.status.column === 'waiting').sort(byAge) },
    { id: 'working', title: 'Working', cards: rest.filter((card) => card.status.column === 'working').sort(byAge) },
  ];
  return all.filter((group) => group.cards.length > 0);
}
