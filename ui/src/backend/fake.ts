// A backend without a core, for tests and for looking at the window in a browser. It answers like the real one and keeps
// everything in memory; the product never contains it. Each subject is a file of its own, on top of the one before.
import type { Backend, Dragged, WorkspaceId } from './backend';
import { FakeTerminals } from './fake/terminals';

export * from './fake/made';

/** The fake: public fields are its state, methods are the commands. Tests override single commands. */
export class FakeBackend extends FakeTerminals implements Backend {
  protected askToQuit: ((working: number) => void) | null = null;

  protected onShow: ((workspace: WorkspaceId) => void) | null = null;

  protected readonly dragging = new Set<(dragged: Dragged) => void>();

  /** As if the person had chosen a workspace in the tray. */
  show(workspace: WorkspaceId): void {
    this.onShow?.(workspace);
  }

  openLink: Backend['openLink'] = (url) => this.called('openLink', [url], null);

  revealWorkspace: Backend['revealWorkspace'] = (workspace) => this.called('revealWorkspace', [workspace], null);

  openInEditor: Backend['openInEditor'] = (workspace, path, line) =>
    this.called('openInEditor', [workspace, path, line], null);

  onQuitAsked: Backend['onQuitAsked'] = (ask) => {
    this.askToQuit = ask;
    return () => (this.askToQuit = null);
  };

  quit: Backend['quit'] = () => {
    const sessions = [...this.cards.values()].flatMap((one) => one.sessions);
    const working = sessions.filter((one) => one.run.kind === 'working').length;
    if (working) this.askToQuit?.(working);
    return this.called('quit', [], null);
  };

  quitNow: Backend['quitNow'] = () => this.called('quitNow', [], null);

  keepRunning: Backend['keepRunning'] = () => this.called('keepRunning', [], null);

  onShowWorkspace: Backend['onShowWorkspace'] = (show) => {
    this.onShow = show;
    return () => (this.onShow = null);
  };

  /** Files are dragged over the window, or dropped. */
  drag(dragged: Dragged): void {
    for (const hear of this.dragging) hear(dragged);
  }

  onFiles: Backend['onFiles'] = (hear) => {
    this.dragging.add(hear);
    return () => this.dragging.delete(hear);
  };
}
