// The conversation that is on the screen, for the keys and menus of the window: they ask here, whichever it is.
import type { PromptLine, SessionId } from '../../backend/backend';
import type { Draft } from './draft.svelte';

/** What the open conversation lets others do with it. */
export interface ChatControl {
  /** Opens the bar to find in it. */
  find(): void;
  /** The person's messages, in order. */
  prompts(): Promise<PromptLine[]>;
  /** Shows an entry. */
  jump(ordinal: number): void;
  /** Shows the person's message before or after what is on the screen. */
  toPrompt(direction: 'before' | 'after'): void;
  /** Shows what waits for an answer and gives it the keys. */
  toRequest(): void;
}

/** Holds the control of the open conversation. */
export class ChatControls {
  /** Null where no conversation is open. */
  current = $state.raw<ChatControl | null>(null);
  #awaited: { session: SessionId | null; from: Draft | null } | null = null;

  /** A conversation is about to take the place of what is shown, on the person's word: it takes the keys, and what is
   *  typed in the other's draft until then. Null is a new one. */
  awaits(session: SessionId | null, from: Draft | null = null): void {
    this.#awaited = { session, from };
  }

  /** Whether the conversation that is shown now was awaited. */
  arrives(session: SessionId | null, draft: Draft): boolean {
    const awaited = this.#awaited;
    if (awaited === null || awaited.session !== session) return false;
    this.#awaited = null;
    if (awaited.from) draft.takeOver(awaited.from);
    return true;
  }

  /** Puts a conversation's control here; answers how to take it away. */
  take(control: ChatControl): () => void {
    this.current = control;
    return () => {
      if (this.current === control) this.current = null;
    };
  }
}

/** The place to go to from what is on the screen; null where there is none in that direction. */
export function promptBeside(
  prompts: { ordinal: number }[],
  firstShown: number,
  direction: 'before' | 'after',
): number | null {
  const found =
    direction === 'before'
      ? prompts.findLast((prompt) => prompt.ordinal < firstShown)
      : prompts.find((prompt) => prompt.ordinal > firstShown);
  return found?.ordinal ?? null;
}
