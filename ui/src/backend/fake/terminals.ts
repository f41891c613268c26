// The fake terminals: their list, and what is printed on their screens.
import type { Backend, TerminalId, TerminalSummary } from '../backend';
import { terminal } from './made';
import { FakeSettings } from './settings';

/** Its state, and its commands. */
export abstract class FakeTerminals extends FakeSettings {
  terminals: TerminalSummary[] = [];

  protected onTerminals: ((list: TerminalSummary[]) => void) | null = null;
  protected screens = new Map<TerminalId, (bytes: Uint8Array) => void>();

  /** Replaces the list of terminals, as the core would after a change. */
  putTerminals(...list: TerminalSummary[]): void {
    this.terminals = list;
    this.onTerminals?.(list);
  }

  /** Shows text on a terminal's screen, as its program would. */
  print(id: TerminalId, text: string): void {
    this.screens.get(id)?.(new TextEncoder().encode(text));
  }

  subscribeTerminals: Backend['subscribeTerminals'] = (onList) => {
    this.onTerminals = onList;
    onList(this.terminals);
    return this.called('subscribeTerminals', [], null);
  };

  openTerminal: Backend['openTerminal'] = (workspace, size) => {
    const id = `t${this.terminals.length + 1}`;
    this.putTerminals(...this.terminals, terminal(id, { workspace }));
    return this.called('openTerminal', [workspace, size], id);
  };

  attachTerminal: Backend['attachTerminal'] = (id, onBytes) => {
    this.screens.set(id, onBytes);
    return this.called('attachTerminal', [id], 1);
  };

  detachTerminal: Backend['detachTerminal'] = (id, attachment) => {
    this.screens.delete(id);
    return this.called('detachTerminal', [id, attachment], null);
  };

  acknowledgeTerminal: Backend['acknowledgeTerminal'] = (id, attachment, bytes) =>
    this.called('acknowledgeTerminal', [id, attachment, bytes], null);

  writeTerminal: Backend['writeTerminal'] = (id, text) => this.called('writeTerminal', [id, text], null);

  resizeTerminal: Backend['resizeTerminal'] = (id, size) => this.called('resizeTerminal', [id, size], null);

  restartTerminal: Backend['restartTerminal'] = (id) => {
    this.putTerminals(...this.terminals.map((one) => (one.id === id ? terminal(id) : one)));
    return this.called('restartTerminal', [id], null);
  };

  closeTerminal: Backend['closeTerminal'] = (id) => {
    this.putTerminals(...this.terminals.filter((one) => one.id !== id));
    return this.called('closeTerminal', [id], null);
  };
}
