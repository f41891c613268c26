// One thing the person asked for: whether it is under way, and what went wrong, shown where it was asked.
import type { Answered, CommandError } from './backend';

/** An action with its state; while it is under way a second run does nothing. */
export class Attempt {
  /** Whether it is under way. */
  busy = $state(false);
  /** What went wrong the last time. */
  error = $state.raw<CommandError | null>(null);

  /** Runs it; answers the data, or null when it failed or was under way already. */
  async run<T>(call: () => Promise<Answered<T>>): Promise<{ data: T } | null> {
    if (this.busy) return null;
    this.busy = true;
    this.error = null;
    try {
      const result = await call();
      if (result.status === 'ok') return { data: result.data };
      this.error = result.error;
      return null;
    } finally {
      this.busy = false;
    }
  }

  /** Takes the error away. */
  dismiss(): void {
    this.error = null;
  }
}
