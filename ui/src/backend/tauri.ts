// The real backend: the generated commands, with whatever goes wrong turned into an error for people.
import { Channel } from '@tauri-apps/api/core';
import type { Answered, Backend, Batch, ConversationUpdate } from './backend';
import { commands, events } from './bindings';
import { InTurn } from './in-turn';

type Call = (...values: unknown[]) => Promise<Answered<unknown>>;

/** A call that can't even be made answers as an error too, so that no screen waits for ever. */
function guarded(call: Call): Call {
  return async (...values) => {
    try {
      return await call(...values);
    } catch (thrown) {
      return {
        status: 'error',
        error: {
          code: 'failed',
          message: 'The window could not reach the core of the app.',
          hint: 'Try again. If it stays so, quit Shopfloor and open it again: nothing is lost.',
          detail: String(thrown),
        },
      };
    }
  };
}

/** The backend of the running app. */
export function tauriBackend(): Backend {
  const calls = Object.fromEntries(
    Object.entries(commands).map(([name, call]) => [name, guarded(call as unknown as Call)]),
  ) as unknown as typeof commands;
  const conversations = new InTurn();
  return {
    ...calls,
    subscribeBoard: (onBatch) => calls.subscribeBoard(new Channel<Batch>(onBatch)),
    openConversation: (session, onUpdate) =>
      conversations.run(session, () => calls.openConversation(session, new Channel<ConversationUpdate>(onUpdate))),
    leaveConversation: (session) => conversations.run(session, () => calls.leaveConversation(session)),
    onShowWorkspace: (show) => {
      const listening = events.showWorkspace.listen((event) => show(event.payload.workspace));
      return () => void listening.then((stop) => stop());
    },
  };
}
