// How a tool call is shown.
import type { ToolCall, ToolContent, ToolStatus } from '../../backend/backend';
import { textDiff, type Part } from '../../design/lines';

/** The look of each status. */
export const toolTones: Record<ToolStatus, 'calm' | 'working' | 'ready' | 'broken'> = {
  pending: 'calm',
  in_progress: 'working',
  completed: 'ready',
  failed: 'broken',
  cancelled: 'calm',
};

/** Whether it goes on. */
export function running(call: ToolCall): boolean {
  return call.status === 'pending' || call.status === 'in_progress';
}

/** What runs, failed, or changed a file shows itself; what only looked, and a command that went well, is folded. So is
 *  what waits to be allowed: the request shows it. */
export function opensByItself(call: ToolCall): boolean {
  if (call.status === 'failed') return true;
  if (call.status === 'pending') return false;
  if (call.content.some((one) => one.kind === 'diff')) return true;
  return running(call) && call.content.length > 0 && (call.tool === 'execute' || call.tool === 'other');
}

const diffs = new WeakMap<ToolContent, Part[]>();

/** The change that a call shows, computed once. */
export function diffOf(content: Extract<ToolContent, { kind: 'diff' }>): Part[] {
  const known = diffs.get(content);
  if (known) return known;
  const fresh = textDiff(content.oldText, content.newText);
  diffs.set(content, fresh);
  return fresh;
}
