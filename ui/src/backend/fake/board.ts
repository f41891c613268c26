// The fake board: projects, and workspaces with their cards.
import type { Answered, ArchivedWorkspace, Backend, Batch, Card, NewTask, ProjectCard, WorkspaceId } from '../backend';
import { refusal, card } from './made';
import { FakeCalls } from './calls';

/** Its state, and its commands. */
export abstract class FakeBoard extends FakeCalls {
  cards = new Map<WorkspaceId, Card>();
  projects: ProjectCard[] = [];
  archived: ArchivedWorkspace[] = [];

  protected feed: ((batch: Batch) => void) | null = null;
  protected sequence = 0;
  protected revision = 100;

  /** Puts cards on the board, as the core would after a change. */
  put(...cards: Card[]): void {
    for (const next of cards) this.cards.set(next.id, { ...next, revision: ++this.revision });
    const fresh = cards.flatMap((next) => this.cards.get(next.id) ?? []);
    this.send({ full: false, cards: fresh, removed: [], projects: null });
  }

  /** Takes a card off the board. */
  remove(id: WorkspaceId): void {
    this.cards.delete(id);
    this.send({ full: false, cards: [], removed: [id], projects: null });
  }

  protected send(batch: Omit<Batch, 'sequence'>): void {
    this.feed?.({ sequence: this.sequence++, ...batch });
  }

  subscribeBoard: Backend['subscribeBoard'] = (onBatch) => {
    this.feed = onBatch;
    this.sequence = 0;
    queueMicrotask(() =>
      this.send({ full: true, cards: [...this.cards.values()], removed: [], projects: this.projects }),
    );
    return this.called('subscribeBoard', [], null);
  };

  markSeen: Backend['markSeen'] = (workspace) => {
    const known = this.cards.get(workspace);
    if (known && !known.status.seen) this.put({ ...known, status: { ...known.status, seen: true } });
    return this.called('markSeen', [workspace], null);
  };

  dismissNotice: Backend['dismissNotice'] = (workspace) => {
    const known = this.cards.get(workspace);
    if (known) this.put({ ...known, workspace: { ...known.workspace, notice: null } });
    return this.called('dismissNotice', [workspace], null);
  };

  addProject: Backend['addProject'] = (path) => {
    if (!path.startsWith('/') && !path.startsWith('~'))
      return Promise.resolve({
        status: 'error',
        error: refusal(`There is no folder at “${path}”.`, 'Check the path, or choose the folder.', 'ENOENT'),
      });
    const name = path.split('/').at(-1) ?? path;
    return this.addedProject({ id: `p-${name}`, name, path, defaultBranch: 'main' }, 'addProject', path);
  };

  openPracticeProject: Backend['openPracticeProject'] = () =>
    this.addedProject(
      { id: 'p-practice', name: 'practice', path: '/home/me/shopfloor/practice', defaultBranch: 'main' },
      'openPracticeProject',
    );

  protected addedProject(project: ProjectCard, name: string, ...values: unknown[]): Promise<Answered<ProjectCard>> {
    this.projects = [...this.projects.filter((known) => known.id !== project.id), project];
    this.send({ full: false, cards: [], removed: [], projects: this.projects });
    return this.called(name, values, project);
  }

  pickFolder: Backend['pickFolder'] = () => this.called('pickFolder', [], '/home/me/code/picked');

  removeProject: Backend['removeProject'] = (project) => {
    if ([...this.cards.values()].some((one) => one.workspace.project === project))
      return Promise.resolve({
        status: 'error',
        error: refusal('The project still has workspaces on the board.', 'Archive them first.'),
      });
    this.projects = this.projects.filter((known) => known.id !== project);
    this.send({ full: false, cards: [], removed: [], projects: this.projects });
    return this.called('removeProject', [project], null);
  };

  projectBases: Backend['projectBases'] = (project) =>
    this.called(
      'projectBases',
      [project],
      [
        { name: 'main', remote: false },
        { name: 'release/2.4', remote: false },
        { name: 'origin/main', remote: true },
      ],
    );

  createWorkspace: Backend['createWorkspace'] = (task: NewTask) => {
    const id = `w${this.cards.size + 1}-new`;
    const at = Date.now();
    const fresh = card(id, { computedAt: at, source: 'workspace created' });
    this.put({
      ...fresh,
      workspace: {
        ...fresh.workspace,
        project: task.project,
        name: task.prompt.split('\n')[0]?.slice(0, 48) || 'New workspace',
        agent: task.agent,
        base: task.base ?? 'main',
        life: { kind: 'provisioning' },
        since: at,
        createdAt: at,
        steps: [{ title: 'Make the worktree', state: 'running', startedAt: at, endedAt: null, note: null }],
      },
      status: {
        ...fresh.status,
        reason: 'setting_up',
        label: 'Setting up',
        column: 'working',
        since: at,
        detail: 'Make the worktree',
      },
    });
    return this.called('createWorkspace', [task], id);
  };

  retryWorkspace: Backend['retryWorkspace'] = (workspace) => this.called('retryWorkspace', [workspace], null);

  renameWorkspace: Backend['renameWorkspace'] = (workspace, name) => {
    const known = this.cards.get(workspace);
    if (known) this.put({ ...known, workspace: { ...known.workspace, name } });
    return this.called('renameWorkspace', [workspace, name], null);
  };

  archiveWorkspace: Backend['archiveWorkspace'] = (workspace) => {
    const known = this.cards.get(workspace);
    if (known) {
      const { project, name, branch } = known.workspace;
      const checkpoint = '4be1f0c2a9d7e3b85f6c1d2e3f4a5b6c7d8e9f01';
      this.archived = [{ id: workspace, project, name, branch, checkpoint, archivedAt: Date.now() }, ...this.archived];
      this.remove(workspace);
    }
    return this.called('archiveWorkspace', [workspace], null);
  };

  unarchiveWorkspace: Backend['unarchiveWorkspace'] = (workspace) => {
    const known = this.archived.find((one) => one.id === workspace);
    this.archived = this.archived.filter((one) => one.id !== workspace);
    if (known) {
      const back = card(workspace);
      this.put({ ...back, workspace: { ...back.workspace, ...known, createdAt: Date.now() } });
    }
    return this.called('unarchiveWorkspace', [workspace], null);
  };

  archivedWorkspaces: Backend['archivedWorkspaces'] = () => this.called('archivedWorkspaces', [], this.archived);
}
