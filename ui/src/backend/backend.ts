// The window's only door to the core. Its shape is derived from the generated commands; tests put a fake in its place.
import { createContext } from 'svelte';
import type { Batch, CommandError, ConversationUpdate, TerminalSummary, WorkspaceId, commands } from './bindings';

export type * from './bindings';

type Commands = typeof commands;

/** What every command answers: the data, or an error that is shown where it happened. */
export type Answered<T> = { status: 'ok'; data: T } | { status: 'error'; error: CommandError };

/** Files of the disk on their way over the window; paths are absolute. */
export type Dragged = { kind: 'over' } | { kind: 'left' } | { kind: 'dropped'; paths: string[] };

/** The generated commands, with plain callbacks in place of Tauri's channels and events. */
export type Backend = Omit<
  Commands,
  'subscribeBoard' | 'openConversation' | 'subscribeTerminals' | 'attachTerminal'
> & {
  /** Sends the full picture, then every change; each call replaces the last. */
  subscribeBoard(onBatch: (batch: Batch) => void): ReturnType<Commands['subscribeBoard']>;
  /** Opens a conversation and hands its updates over until it is left or opened again. */
  openConversation(
    session: string,
    onUpdate: (update: ConversationUpdate) => void,
  ): ReturnType<Commands['openConversation']>;
  /** Sends the whole list of terminals, and again after every change; each call replaces the last. */
  subscribeTerminals(onList: (list: TerminalSummary[]) => void): ReturnType<Commands['subscribeTerminals']>;
  /** Hands a terminal's bytes over, what was kept of them first; answers the attachment's number. */
  attachTerminal(terminal: string, onBytes: (bytes: Uint8Array) => void): ReturnType<Commands['attachTerminal']>;
  /** Calls back when the person asked outside the window to see a workspace; answers how to stop that. */
  onShowWorkspace(show: (workspace: WorkspaceId) => void): () => void;
  /** Calls back when the person wants to quit while so many agents work; answers how to stop that. */
  onQuitAsked(ask: (working: number) => void): () => void;
  /** Calls back while files of the disk are dragged over the window; answers how to stop that. */
  onFiles(hear: (dragged: Dragged) => void): () => void;
};

/** The backend of the component tree. */
export const [useBackend, provideBackend] = createContext<Backend>();

/** The data, or null after handing the error to `refused`. */
export async function answer<T>(
  call: Promise<Answered<T>>,
  refused: (error: CommandError) => void,
): Promise<{ data: T } | null> {
  const result = await call;
  if (result.status === 'ok') return { data: result.data };
  refused(result.error);
  return null;
}
