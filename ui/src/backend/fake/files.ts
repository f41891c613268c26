// The fake files: attachments, those of a workspace, and what changed in them.
import type { Attachment, Backend, Changes, FileDiff, FileHit } from '../backend';
import { refusal } from './made';
import { FakePolicy } from './policy';

/** Its state, and its commands. */
export abstract class FakeFiles extends FakePolicy {
  attached = new Map<string, string>();
  files: string[] = ['README.md', 'src/main.rs', 'src/lib.rs'];

  changes: Changes = { against: 'base', files: [], additions: 0, deletions: 0, truncated: false };
  diffs = new Map<string, FileDiff>();

  attachBytes: Backend['attachBytes'] = (name, mime, base64) => {
    const id = `a${this.attached.size + 1}`;
    this.attached.set(id, base64);
    const bytes = atob(base64).length;
    const attachment: Attachment = mime.startsWith('image/')
      ? { kind: 'image', id, name, mime, bytes }
      : { kind: 'text', id, name, bytes };
    return this.called('attachBytes', [name, mime, base64], attachment);
  };

  attachFiles: Backend['attachFiles'] = (workspace, paths) =>
    this.called(
      'attachFiles',
      [workspace, paths],
      paths.map((path): Attachment => ({ kind: 'file', name: path.split('/').at(-1) ?? path, path })),
    );

  pickFiles: Backend['pickFiles'] = () => this.called('pickFiles', [], ['/home/me/picked.txt']);

  keepDrafts: Backend['keepDrafts'] = (attachments) => this.called('keepDrafts', [attachments], null);

  attachmentBytes: Backend['attachmentBytes'] = (id) =>
    this.called('attachmentBytes', [id], this.attached.get(id) ?? '');

  workspaceFiles: Backend['workspaceFiles'] = (workspace, query) =>
    this.called(
      'workspaceFiles',
      [workspace, query],
      this.files
        .filter((path) => path.includes(query))
        .slice(0, 50)
        .map((path): FileHit => {
          const at = path.indexOf(query);
          return { path, ranges: query ? [[at, at + query.length]] : [] };
        }),
    );

  workspaceChanges: Backend['workspaceChanges'] = (workspace, against) =>
    this.called('workspaceChanges', [workspace, against], { ...this.changes, against });

  fileDiff: Backend['fileDiff'] = (workspace, against, key) => {
    const known = this.diffs.get(key);
    if (known) return this.called('fileDiff', [workspace, against, key], known);
    return Promise.resolve({ status: 'error', error: refusal('The file is gone.', 'Refresh the changes.') });
  };
}
