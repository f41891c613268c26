// Asking a second agent to read what the first one did.
import type { Backend, WorkspaceId } from '../../backend/backend';
import { draftOf } from './draft.svelte';

/** What a reviewer is asked; the person reads it, and changes it as they like, before it goes. */
export function reviewPrompt(base: string): string {
  return [
    `Review what this branch changed since ${base}, and what is not committed yet.`,
    'Look for mistakes, for cases that no test covers, and for what the task asked for and nobody did.',
    'Change nothing. Tell me what you found, the worst first, each with its file and line.',
  ].join('\n');
}

/** Writes it where a workspace's next conversation begins, before whatever is typed there already. */
export function draftReview(backend: Backend, workspace: WorkspaceId, base: string): void {
  const draft = draftOf(backend, workspace, null);
  const prompt = reviewPrompt(base);
  if (!draft.text.startsWith(prompt)) draft.putBack(prompt);
}
