// Taking a conversation along as a file: the person says where, the core writes it, and what was done is told.
import { answer, type Backend, type ExportFormat, type SessionId } from '../backend/backend';
import type { Shell } from './shell.svelte';

/** Asks where to, then writes. */
export async function exportConversation(
  backend: Backend,
  shell: Shell,
  session: SessionId,
  format: ExportFormat,
): Promise<void> {
  shell.error = null;
  shell.told = null;
  const refused = (error: Shell['error']) => (shell.error = error);
  const place = (await answer(backend.pickExportPath(session, format), refused))?.data;
  if (!place) return;
  const done = await answer(backend.exportSession(session, format, place.path, place.existing), refused);
  if (done) shell.told = `The conversation is in ${place.path}. ${secrets(done.data.redacted)}`;
}

function secrets(count: number): string {
  if (count === 0) return 'No secret was recognised in it.';
  return `${count === 1 ? 'One secret was' : `${count} secrets were`} taken out.`;
}
