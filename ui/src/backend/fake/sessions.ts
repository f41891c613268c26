// The fake conversations: what was said, what is live about them, and how they begin and end.
import type {
  Backend,
  Conversation,
  ConversationUpdate,
  Message,
  SessionId,
  SessionSummary,
  TranscriptChange,
} from '../backend';
import { entry, summary } from './made';
import { FakeBoard } from './board';
import { findIn, promptsIn, searchIn } from '../fake-search';

/** Its state, and its commands. */
export abstract class FakeSessions extends FakeBoard {
  conversations = new Map<SessionId, Conversation>();
  protected listeners = new Map<SessionId, (update: ConversationUpdate) => void>();

  /** Changes a conversation's transcript, as an agent would. */
  change(session: SessionId, ...changes: TranscriptChange[]): void {
    const open = this.conversations.get(session);
    if (!open) return;
    for (const change of changes) {
      const at = open.entries.findIndex((one) => one.id === (change.kind === 'put' ? change.entry.id : change.entry));
      const known = open.entries[at];
      if (change.kind === 'put') {
        if (known) open.entries[at] = change.entry;
        else open.entries.push(change.entry);
      } else if (known && (known.body.kind === 'answer' || known.body.kind === 'thought'))
        open.entries[at] = { ...known, body: { ...known.body, text: known.body.text + change.text } };
    }
    open.revision++;
    this.listeners.get(session)?.({ kind: 'transcript', revision: open.revision, changes });
  }

  /** Changes what is live about a session. */
  live(session: SessionId, change: Partial<SessionSummary>): void {
    const open = this.conversations.get(session);
    if (!open) return;
    open.session = { ...open.session, ...change };
    this.listeners.get(session)?.({ kind: 'session', session: open.session });
  }

  protected conversation(session: SessionId, change: Partial<SessionSummary> = {}): Conversation {
    const known = this.conversations.get(session);
    if (known) return known;
    const fresh: Conversation = {
      session: summary(session, change),
      entries: [],
      offers: { commands: [], options: [], images: null },
      more: false,
      revision: 0,
    };
    this.conversations.set(session, fresh);
    return fresh;
  }

  sendMessage: Backend['sendMessage'] = (workspace, session, agent, text, attachments, delivery, choices) => {
    const id = session ?? `s-${workspace}`;
    const open = this.conversation(id, { workspace, agent: agent ?? 'practice' });
    const at = open.entries.length;
    const message: Message = {
      id: `m${Date.now()}`,
      session: id,
      position: at,
      text,
      attachments,
      author: 'person',
      state: 'queued',
      createdAt: Date.now(),
    };
    const waiting = open.session.queue;
    if (open.session.state.kind === 'working')
      this.live(id, { queue: delivery === 'now' ? [message, ...waiting] : [...waiting, message] });
    else
      this.change(id, {
        kind: 'put',
        entry: entry(at, { kind: 'prompt', message: `m${at}`, text, attachments }, Date.now()),
      });
    return this.called('sendMessage', [workspace, session, agent, text, attachments, delivery, choices], id);
  };

  beginSession: Backend['beginSession'] = (workspace, agent) => {
    const id = `s${this.conversations.size + 1}-${workspace}`;
    this.conversation(id, { workspace, agent: agent ?? 'practice', state: { kind: 'stopped' }, turn: 0 });
    return this.called('beginSession', [workspace, agent], id);
  };

  renameSession: Backend['renameSession'] = (session, title) => {
    this.live(session, { title });
    return this.called('renameSession', [session, title], null);
  };

  closeSession: Backend['closeSession'] = (session) => {
    this.live(session, { state: { kind: 'stopped' }, closedAt: Date.now() });
    return this.called('closeSession', [session], null);
  };

  reopenSession: Backend['reopenSession'] = (session) => {
    this.live(session, { closedAt: null });
    return this.called('reopenSession', [session], null);
  };

  setSessionOption: Backend['setSessionOption'] = (session, option, value) => {
    const open = this.conversations.get(session);
    if (open) {
      const options = open.offers.options.map((one) => (one.id === option ? { ...one, current: value } : one));
      open.offers = { ...open.offers, options };
      this.listeners.get(session)?.({ kind: 'offers', offers: open.offers });
    }
    return this.called('setSessionOption', [session, option, value], null);
  };

  endSession: Backend['endSession'] = (session) => {
    this.live(session, { state: { kind: 'stopped' } });
    return this.called('endSession', [session], null);
  };

  sleepSession: Backend['sleepSession'] = (session) => {
    this.live(session, { state: { kind: 'asleep' } });
    return this.called('sleepSession', [session], null);
  };

  openConversation: Backend['openConversation'] = (session, onUpdate) => {
    this.listeners.set(session, onUpdate);
    const open = this.conversation(session);
    const entries = open.entries.slice(-200);
    return this.called('openConversation', [session], {
      ...open,
      entries,
      more: entries.length < open.entries.length,
    });
  };

  leaveConversation: Backend['leaveConversation'] = (session) => {
    this.listeners.delete(session);
    return this.called('leaveConversation', [session], null);
  };

  olderEntries: Backend['olderEntries'] = (session, before) => {
    const entries = this.conversations.get(session)?.entries ?? [];
    const end = entries.findIndex((one) => one.ordinal >= before);
    const until = end < 0 ? entries.length : end;
    return this.called('olderEntries', [session, before], entries.slice(Math.max(0, until - 200), until));
  };

  searchTranscripts: Backend['searchTranscripts'] = (request) => {
    const { cards, archived } = this;
    const found = searchIn({ conversations: this.conversations.values(), cards, archived }, request);
    return this.called('searchTranscripts', [request], found);
  };

  findInSession: Backend['findInSession'] = (session, text) =>
    this.called('findInSession', [session, text], findIn(this.conversations.get(session)?.entries ?? [], text));

  sessionPrompts: Backend['sessionPrompts'] = (session) =>
    this.called('sessionPrompts', [session], promptsIn(this.conversations.get(session)?.entries ?? []));

  pickExportPath: Backend['pickExportPath'] = (session, format) =>
    this.called('pickExportPath', [session, format], {
      path: `/home/me/Documents/conversation.${format === 'json' ? 'json' : 'md'}`,
      existing: 'keep',
    });

  exportSession: Backend['exportSession'] = (session, format, path, existing) =>
    this.called('exportSession', [session, format, path, existing], {
      entries: this.conversations.get(session)?.entries.length ?? 0,
      redacted: 0,
    });
}
