// What the person may do with messages that are not with the agent yet; each answers whether the core agreed.
import type { Answered, Attachment, Backend, CommandError, Message, MessageId, SessionId } from '../../backend/backend';

/** The doings of one queue. */
export interface QueueActions {
  edit(message: Message, text: string): Promise<boolean>;
  move(message: MessageId, before: MessageId | null): Promise<boolean>;
  hold(message: Message): Promise<boolean>;
  release(message: Message): Promise<boolean>;
  sendNow(message: Message): Promise<boolean>;
  resend(message: Message): Promise<boolean>;
  takeBack(message: Message): Promise<boolean>;
}

/** The doings of a session's queue; what is refused goes to `refused`, what is taken back to `putBack`. */
export function queueActions(
  backend: Backend,
  session: SessionId,
  putBack: (text: string, attachments: Attachment[]) => void,
  refused: (error: CommandError | null) => void,
): QueueActions {
  async function tell<T>(call: Promise<Answered<T>>): Promise<boolean> {
    const result = await call;
    refused(result.status === 'error' ? result.error : null);
    return result.status === 'ok';
  }
  return {
    edit: (message, text) => tell(backend.editMessage(session, message.id, text, message.attachments)),
    move: (message, before) => tell(backend.moveMessage(session, message, before)),
    hold: (message) => tell(backend.holdMessage(session, message.id)),
    release: (message) => tell(backend.releaseMessage(session, message.id)),
    sendNow: (message) => tell(backend.sendMessageNow(session, message.id)),
    resend: (message) => tell(backend.resendMessage(session, message.id)),
    takeBack: async (message) => {
      const result = await backend.takeBackMessage(session, message.id);
      refused(result.status === 'error' ? result.error : null);
      // The core's words: what is shown here may be older than a change of them.
      if (result.status === 'ok') putBack(result.data, message.attachments);
      return result.status === 'ok';
    },
  };
}
