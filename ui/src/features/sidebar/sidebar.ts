// Every workspace once: what needs the person on top, then what waits, then what works.
import type { Card } from '../../backend/backend';
import { byAge, byAttention, needsPerson } from '../../backend/cards';

/** A group of rows. */
export interface Group {
  id: 'needs' | 'waiting' | 'working';
  title: string;
  cards: Card[];
}

/** The groups that have rows, in order: of all projects who needs the person, of the shown project the rest. */
export function groups(everywhere: Card[], inProject: Card[]): Group[] {
  const needs = everywhere.filter((card) => card.status.column !== null && needsPerson(card)).sort(byAttention);
  const rest = inProject.filter((card) => !needsPerson(card));
  const all: Group[] = [
    { id: 'needs', title: 'Needs you', cards: needs },
    { id: 'waiting', title: 'Waiting', cards: rest.filter((card) => card.status.column === 'waiting').sort(byAge) },
    { id: 'working', title: 'Working', cards: rest.filter((card) => card.status.column === 'working').sort(byAge) },
  ];
  return all.filter((group) => group.cards.length > 0);
}
