// What the person has typed and put along and not sent yet, kept per conversation so that nothing typed is lost.
import type {
  AgentId,
  Answered,
  Attachment,
  Backend,
  CommandError,
  Delivery,
  SessionId,
  WorkspaceId,
} from '../../backend/backend';
import { recall, remember } from '../../design/remembered.svelte';

/** More than the core keeps of anything; a larger one is not even read. */
const largest = 10 * 1024 * 1024;

const drafts = new WeakMap<Backend, Map<string, Draft>>();

/** The one draft of a conversation: what is on its way while the person looks elsewhere comes back to where they type. */
export function draftOf(backend: Backend, workspace: WorkspaceId, session: SessionId | null): Draft {
  const known = drafts.get(backend) ?? new Map<string, Draft>();
  drafts.set(backend, known);
  const key = session ?? workspace;
  const draft = known.get(key) ?? new Draft(backend, workspace, session);
  known.set(key, draft);
  return draft;
}

/** The draft of a conversation's next message, and sending it. Without a session it is a new conversation's. */
export class Draft {
  /** Whether a message is on its way to the core. */
  sending = $state(false);
  /** How many things are being put along. */
  attaching = $state(0);
  /** Why the last one was not taken; its text is still here. */
  error = $state.raw<CommandError | null>(null);
  #text = $state('');
  #attachments = $state.raw<Attachment[]>([]);
  #choices = $state.raw<{ agent: AgentId | null; values: Choices }>({ agent: null, values: {} });
  readonly #backend: Backend;
  readonly #workspace: WorkspaceId;
  readonly #session: SessionId | null;
  readonly #key: string;

  constructor(backend: Backend, workspace: WorkspaceId, session: SessionId | null = null) {
    this.#backend = backend;
    this.#workspace = workspace;
    this.#session = session;
    this.#key = session ?? workspace;
    this.#text = recall(`draft:${this.#key}`) ?? '';
    this.#attachments = keptAttachments(recall(`draft-with:${this.#key}`));
  }

  get text(): string {
    return this.#text;
  }

  set text(next: string) {
    this.#text = next;
    remember(`draft:${this.#key}`, next || null);
  }

  /** What goes along. */
  get attachments(): Attachment[] {
    return this.#attachments;
  }

  set attachments(next: Attachment[]) {
    this.#attachments = next;
    remember(`draft-with:${this.#key}`, next.length ? JSON.stringify(next) : null);
  }

  /** Options of this agent that were chosen before there is a conversation; another agent has others. */
  choices(agent: AgentId | null): Choices {
    return this.#choices.agent === agent ? this.#choices.values : {};
  }

  /** Chooses a value of an option for a new conversation with this agent. */
  choose(agent: AgentId | null, option: string, value: string): void {
    this.#choices = { agent, values: { ...this.choices(agent), [option]: value } };
  }

  /** Whether there is something to send. */
  get ready(): boolean {
    return !this.sending && this.attaching === 0 && (this.#text.trim() !== '' || this.#attachments.length > 0);
  }

  /** Takes everything over from the draft that began this conversation: it was typed while the first message went. */
  takeOver(other: Draft): void {
    this.putBack(other.text, other.attachments);
    other.text = '';
    other.attachments = [];
  }

  /** Puts a message back before what is typed. */
  putBack(text: string, attachments: Attachment[] = []): void {
    this.text = this.text && text ? `${text}\n\n${this.text}` : text || this.text;
    this.#add(attachments);
  }

  /** Puts files of the disk along, by their paths. */
  async attachPaths(paths: string[]): Promise<void> {
    if (paths.length) await this.#attach(this.#backend.attachFiles(this.#workspace, paths));
  }

  /** Lets the person pick files to put along. */
  async pick(): Promise<void> {
    const picked = await this.#backend.pickFiles();
    if (picked.status === 'error') this.error = picked.error;
    else await this.attachPaths(picked.data);
  }

  /** Puts along what was pasted: the core keeps its bytes. */
  async attachBlob(blob: Blob, name: string): Promise<void> {
    if (blob.size > largest) {
      this.error = unreadable(name, 'It is larger than 10 MiB.');
      return;
    }
    this.attaching++;
    const base64 = await base64Of(blob)
      .catch((why: unknown) => {
        this.error = unreadable(name, 'A folder can’t be put along; its files can.', String(why));
        return null;
      })
      .finally(() => this.attaching--);
    if (base64 === null) return;
    const one = this.#backend.attachBytes(name, blob.type || 'text/plain', base64);
    await this.#attach(one.then((result) => (result.status === 'ok' ? { ...result, data: [result.data] } : result)));
  }

  /** Takes something off. */
  removeAt(index: number): void {
    this.attachments = this.#attachments.filter((_, at) => at !== index);
  }

  /** Sends it; answers the session, or null when there was nothing to send or it was refused. */
  async send(agent: AgentId | null, delivery: Delivery = 'queue'): Promise<SessionId | null> {
    const [text, attachments] = [this.text, this.#attachments];
    if (!this.ready) return null;
    this.sending = true;
    const result = await this.#backend.sendMessage(
      this.#workspace,
      this.#session,
      this.#session === null ? agent : null,
      text,
      attachments,
      delivery,
      this.#session === null ? this.choices(agent) : {},
    );
    this.sending = false;
    if (result.status === 'error') {
      this.error = result.error;
      return null;
    }
    this.error = null;
    this.#choices = { agent: null, values: {} };
    // What was typed and put along while it was on its way stays.
    if (this.text.startsWith(text)) this.text = this.text.slice(text.length).trimStart();
    this.attachments = this.#attachments.filter((one) => !attachments.includes(one));
    return result.data;
  }

  async #attach(call: Promise<Answered<Attachment[]>>): Promise<void> {
    this.attaching++;
    const result = await call;
    this.attaching--;
    if (result.status === 'error') {
      this.error = result.error;
      return;
    }
    this.error = null;
    this.#add(result.data);
  }

  #add(fresh: Attachment[]): void {
    const known = new Set(this.#attachments.map(keyOf));
    const added = fresh.filter((one) => !known.has(keyOf(one)));
    if (added.length) this.attachments = [...this.#attachments, ...added];
  }
}

/** Values of options, by the option's id. */
type Choices = Readonly<Record<string, string>>;

function unreadable(name: string, hint: string, detail: string | null = null): CommandError {
  return { code: 'failed', message: `“${name}” could not be put along.`, hint, detail };
}

/** What tells one attachment from another. */
export function keyOf(one: Attachment): string {
  return one.kind === 'file' ? one.path : one.id;
}

/** What a draft was kept with. */
export function keptAttachments(json: string | null): Attachment[] {
  try {
    const read: unknown = JSON.parse(json ?? '[]');
    return Array.isArray(read) ? (read as Attachment[]) : [];
  } catch {
    return [];
  }
}

async function base64Of(blob: Blob): Promise<string> {
  const address = await new Promise<string>((give, fail) => {
    const reader = new FileReader();
    reader.onload = () => give(String(reader.result));
    reader.onerror = () => fail(reader.error ?? new Error('unreadable'));
    reader.readAsDataURL(blob);
  });
  return address.slice(address.indexOf(',') + 1);
}
