// What has to be said of a request beside its title. The title is the agent's own and may say anything: what it is about is
// left out only where the title is that, and nothing else.

const verbs = 'Run|Execute|Read|Write|Edit|Delete|Move|Search|Fetch|Open';

/** What the title leaves to say. */
export function unsaid(title: string, about: string[]): string[] {
  return about.filter((one) => !says(title, one));
}

/** Whether the title is this, alone or after what is done with it. */
function says(title: string, one: string): boolean {
  const said = title.trim();
  const rest = new RegExp(`^(?:${verbs}) `).exec(said)?.[0] ?? '';
  return said === one.trim() || said.slice(rest.length) === one.trim();
}

/** Gives for the first press only: the second of a double one would answer what has come to the same place. */
export const once = (give: () => void) => (event: MouseEvent) => {
  if (event.detail < 2) give();
  else event.preventDefault();
};
