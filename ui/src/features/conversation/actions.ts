// What can be done from inside a transcript; the components of the entries take it from their context.
import { createContext } from 'svelte';
import type { Answer, CommandError, ProjectId, RequestId, RuleDraft, SessionId } from '../../backend/backend';
import type { EntryCell } from './cell.svelte';

/** The doings of one open conversation. */
export interface TranscriptActions {
  /** The worktree's path, that entries are shown without. */
  root: string;
  /** The conversation, and the project it belongs to, for rules that hold there. */
  session: SessionId;
  project: ProjectId;
  /** Opens a link in the browser, after the core checked it. */
  openLink(url: string): void;
  /** Opens a file in the person's editor. */
  openFile(path: string, line: number | null): void;
  /** Answers a request, after the rule was stored, if there is one. */
  answer(request: RequestId, answer: Answer, always: RuleDraft | null): Promise<CommandError | null>;
  /** Everything that was said in a turn up to this entry, as Markdown. */
  turnText(end: EntryCell): Promise<string>;
}

/** The actions of the transcript that a component is in. */
export const [useActions, provideActions] = createContext<TranscriptActions>();
