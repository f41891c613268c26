// The real backend: the generated commands, with whatever goes wrong turned into an error for people.
import { Channel } from '@tauri-apps/api/core';
import { getCurrentWebview } from '@tauri-apps/api/webview';
import type { Answered, Backend, Batch, ConversationUpdate, TerminalSummary } from './backend';
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
  const terminals = new InTurn();
  return {
    ...calls,
    subscribeBoard: (onBatch) => calls.subscribeBoard(new Channel<Batch>(onBatch)),
    openConversation: (session, onUpdate) =>
      conversations.run(session, () => calls.openConversation(session, new Channel<ConversationUpdate>(onUpdate))),
    leaveConversation: (session) => conversations.run(session, () => calls.leaveConversation(session)),
    subscribeTerminals: (onList) => calls.subscribeTerminals(new Channel<TerminalSummary[]>(onList)),
    attachTerminal: (terminal, onBytes) =>
      terminals.run(terminal, () =>
        calls.attachTerminal(terminal, new Channel<ArrayBuffer>((bytes) => onBytes(new Uint8Array(bytes)))),
      ),
    detachTerminal: (terminal, attachment) => terminals.run(terminal, () => calls.detachTerminal(terminal, attachment)),
    resizeTerminal: (terminal, size) => terminals.run(terminal, () => calls.resizeTerminal(terminal, size)),
    writeTerminal: (terminal, text) => terminals.run(terminal, () => calls.writeTerminal(terminal, text)),
    onShowWorkspace: (show) => {
      const listening = events.showWorkspace.listen((event) => show(event.payload.workspace));
      return () => void listening.then((stop) => stop());
    },
    onQuitAsked: (ask) => {
      const listening = events.quitAsked.listen((event) => ask(event.payload.working));
      return () => void listening.then((stop) => stop());
    },
    onFiles: (hear) => {
      const listening = getCurrentWebview().onDragDropEvent(({ payload }) => {
        if (payload.type === 'drop') hear({ kind: 'dropped', paths: payload.paths });
        else if (payload.type === 'leave') hear({ kind: 'left' });
        // What has no path, such as words from another program, is the page's own to take.
        else if (payload.type === 'enter' && payload.paths.length) hear({ kind: 'over' });
      });
      return () => void listening.then((stop) => stop());
    },
  };
}
