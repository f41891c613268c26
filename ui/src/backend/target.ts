// A place in a conversation that the window is to show.
import type { SessionId, WorkspaceId } from './bindings';

/** One entry of one transcript. */
export interface Target {
  workspace: WorkspaceId;
  session: SessionId;
  /** The entry's place in the transcript. */
  ordinal: number;
}
