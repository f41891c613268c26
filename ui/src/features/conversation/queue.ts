// Moving messages in the queue.
import type { Message, MessageId } from '../../backend/backend';

/** Whether a message can still be changed: it is not with the agent. */
export function changeable(message: Message): boolean {
  return message.state === 'queued' || message.state === 'held' || message.state === 'failed';
}

/** Before which message one goes that moves up or down by one; undefined where it can't, null for the end. */
export function beside(queue: Message[], id: MessageId, direction: 'up' | 'down'): MessageId | null | undefined {
  const at = queue.findIndex((message) => message.id === id);
  if (at < 0) return undefined;
  if (direction === 'up') {
    const before = queue[at - 1];
    return before && changeable(before) ? before.id : undefined;
  }
  if (at === queue.length - 1) return undefined;
  return queue[at + 2]?.id ?? null;
}

/** Before which message a dragged one goes when it is let go between these: `y` against the middles of the others. */
export function dropped(
  queue: Message[],
  id: MessageId,
  y: number,
  middles: ReadonlyMap<MessageId, number>,
): MessageId | null | undefined {
  const others = queue.filter((message) => message.id !== id);
  const target = others.find((message) => changeable(message) && y < (middles.get(message.id) ?? Infinity));
  const before = target?.id ?? null;
  const at = queue.findIndex((message) => message.id === id);
  const stays = before === (queue[at + 1]?.id ?? null);
  return stays ? undefined : before;
}
