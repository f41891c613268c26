// The fake queue of messages that wait.
import type { Backend, Message, SessionId } from '../backend';
import { FakeSessions } from './sessions';

/** Its state, and its commands. */
export abstract class FakeQueue extends FakeSessions {
  protected queue(session: SessionId, change: (queue: Message[]) => Message[]): void {
    const open = this.conversations.get(session);
    if (open) this.live(session, { queue: change(open.session.queue) });
  }

  protected putMessage(session: SessionId, message: string, change: Partial<Message>): void {
    this.queue(session, (queue) => queue.map((one) => (one.id === message ? { ...one, ...change } : one)));
  }

  stopTurn: Backend['stopTurn'] = (session) => {
    this.live(session, { state: { kind: 'ready', incarnation: 1 }, pending: [] });
    this.queue(session, (queue) =>
      queue.map((one) => (one.state === 'queued' ? { ...one, state: 'held' as const } : one)),
    );
    return this.called('stopTurn', [session], null);
  };

  editMessage: Backend['editMessage'] = (session, message, text, attachments) => {
    this.putMessage(session, message, { text, attachments });
    return this.called('editMessage', [session, message, text, attachments], null);
  };

  moveMessage: Backend['moveMessage'] = (session, message, before) => {
    this.queue(session, (queue) => {
      const moved = queue.filter((one) => one.id === message);
      const rest = queue.filter((one) => one.id !== message);
      const at = before === null ? rest.length : rest.findIndex((one) => one.id === before);
      return [...rest.slice(0, at), ...moved, ...rest.slice(at)];
    });
    return this.called('moveMessage', [session, message, before], null);
  };

  holdMessage: Backend['holdMessage'] = (session, message) => {
    this.putMessage(session, message, { state: 'held' });
    return this.called('holdMessage', [session, message], null);
  };

  releaseMessage: Backend['releaseMessage'] = (session, message) => {
    this.putMessage(session, message, { state: 'queued' });
    return this.called('releaseMessage', [session, message], null);
  };

  sendMessageNow: Backend['sendMessageNow'] = (session, message) => {
    this.queue(session, (queue) => [
      ...queue.filter((one) => one.id === message).map((one) => ({ ...one, state: 'queued' as const })),
      ...queue.filter((one) => one.id !== message),
    ]);
    return this.called('sendMessageNow', [session, message], null);
  };

  takeBackMessage: Backend['takeBackMessage'] = (session, message) => {
    const queue = this.conversations.get(session)?.session.queue ?? [];
    const text = queue.find((one) => one.id === message)?.text ?? '';
    this.live(session, { queue: queue.filter((one) => one.id !== message) });
    return this.called('takeBackMessage', [session, message], text);
  };

  resendMessage: Backend['resendMessage'] = (session, message) =>
    this.called('resendMessage', [session, message], null);
}
