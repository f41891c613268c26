// What is said about a terminal whose program ended.
import type { TerminalState } from '../../backend/backend';

/** How it ended, or null while it runs. */
export function ending(state: TerminalState): string | null {
  if (state.kind === 'running') return null;
  const { code, signal } = state.exit;
  if (signal !== null) return `ended by signal ${signal}`;
  return code === null ? 'closed' : `closed with code ${code}`;
}
