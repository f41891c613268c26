// Answering what an agent asks: by key, and by a form.
import type { Ask, AskOption, FormField, OptionKind, RequestOutcome, ToolCall } from '../../backend/backend';
import { unsaid } from '../../design/asked';
import { shortPath } from './words';

const letters: Record<string, OptionKind[]> = {
  y: ['allow_once'],
  a: ['allow_always'],
  n: ['reject_once', 'reject_always'],
};

/** The option a key stands for: y allows once, a always, n rejects, 1 to 9 count. */
export function optionForKey(key: string, options: AskOption[]): AskOption | undefined {
  if (/^[1-9]$/.test(key)) return options[Number(key) - 1];
  for (const kind of letters[key.toLowerCase()] ?? []) {
    const found = options.find((option) => option.kind === kind);
    if (found) return found;
  }
  return undefined;
}

/** The key shown on an option's button. */
export function keyForOption(option: AskOption, options: AskOption[]): string {
  const letter = Object.keys(letters).find((key) => optionForKey(key, options) === option);
  return letter ?? String(options.indexOf(option) + 1);
}

/** The option that says yes or no to this one request. */
export function answering(verdict: 'allow' | 'deny', options: AskOption[]): AskOption | undefined {
  const kinds: OptionKind[] = verdict === 'allow' ? ['allow_once'] : ['reject_once'];
  return options.find((option) => kinds.includes(option.kind));
}

/** What became of a request, for people; null while it waits. */
export function outcomeWords(
  outcome: RequestOutcome,
): { tone: 'ready' | 'broken' | 'calm'; text: string; by: string | null } | null {
  switch (outcome.kind) {
    case 'pending':
      return null;
    case 'answered': {
      const verb = outcome.allowed ? 'Allowed' : 'Refused';
      const by = outcome.by ? `${verb} by ${outcome.by}` : null;
      return { tone: outcome.allowed ? 'ready' : 'broken', text: outcome.choice, by };
    }
    case 'cancelled':
      return { tone: 'calm', text: 'The turn was stopped before this was answered.', by: null };
    case 'lapsed':
      return {
        tone: 'broken',
        text: 'This lapsed: the agent ended while it waited. Send a message to go on, and it asks again if it needs to.',
        by: null,
      };
  }
}

/** What a request is about: the command or the files that its title does not say, and what the agent shows of the call. A
 *  command is always shown as it is: what the agent says of it may be something else. */
export function aboutOf(ask: Ask, root: string): { lines: string[]; call: ToolCall | null } {
  const { call, command, title } = ask;
  if (command) {
    const content = call?.content.filter((one) => one.kind !== 'text' || one.text.trim() !== command.trim()) ?? [];
    return { lines: unsaid(title, [command]), call: content.length && call ? { ...call, content, input: null } : null };
  }
  const shown = call?.content.flatMap((one) => (one.kind === 'diff' ? [one.path] : [])) ?? [];
  const paths = (ask.paths ?? []).filter((path) => !shown.includes(path));
  const short = new Map(paths.map((path) => [shortPath(path, root), path]));
  const lines = unsaid(title, [...short.keys()]).filter((one) => unsaid(title, [short.get(one) ?? one]).length);
  return { lines, call };
}

/** The text of a plan that waits for approval, Markdown; null where the agent gave none. */
export function planText(ask: Ask): string | null {
  const texts = (ask.call?.content ?? []).flatMap((one) => (one.kind === 'text' ? [one.text.trim()] : []));
  const shown = texts.filter(Boolean).join('\n\n');
  if (shown) return shown;
  try {
    const input: unknown = JSON.parse(ask.call?.input ?? 'null');
    if (typeof input === 'object' && input !== null && 'plan' in input && typeof input.plan === 'string')
      return input.plan.trim() || null;
  } catch {
    // Cut input is no JSON; the title has to do.
  }
  return null;
}

/** What stands in a form's field. */
export type FieldValue = string | boolean | string[];

/** What a field holds before the person touches it. */
export function blank(field: FormField): FieldValue {
  return preset(field) ?? empty(field);
}

/** What the agent put into a field, if it fits there. */
function preset(field: FormField): FieldValue | undefined {
  if (!field.preset) return undefined;
  const value: unknown = JSON.parse(field.preset);
  switch (field.kind.kind) {
    case 'boolean':
      return typeof value === 'boolean' ? value : undefined;
    case 'choices': {
      const { options } = field.kind;
      return Array.isArray(value) ? options.filter((option) => value.includes(option)) : undefined;
    }
    case 'choice':
      return typeof value === 'string' && field.kind.options.includes(value) ? value : undefined;
    case 'text':
    case 'number':
      return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
  }
}

function empty(field: FormField): FieldValue {
  switch (field.kind.kind) {
    case 'boolean':
      return false;
    case 'choices':
      return [];
    case 'choice':
      return field.required ? (field.kind.options[0] ?? '') : '';
    case 'text':
    case 'number':
      return '';
  }
}

/** What a choice's value is called. */
export function titleOf(kind: Extract<FormField['kind'], { options: string[] }>, value: string): string {
  return kind.titles?.[kind.options.indexOf(value)] ?? value;
}

/** Names of required fields that are empty, or that hold no number where one must be. */
export function missing(fields: FormField[], values: Record<string, FieldValue>): string[] {
  return fields
    .filter((field) => {
      const value = values[field.name] ?? blank(field);
      if (field.kind.kind === 'number' && String(value).trim() !== '') return !Number.isFinite(Number(value));
      if (!field.required || field.kind.kind === 'boolean') return false;
      return Array.isArray(value) ? value.length === 0 : String(value).trim() === '';
    })
    .map((field) => field.name);
}

/** The answer as JSON text; empty optional fields are left out. */
export function formValues(fields: FormField[], values: Record<string, FieldValue>): string {
  const out: Record<string, unknown> = {};
  for (const field of fields) {
    const value = values[field.name] ?? blank(field);
    if (value === '' || (field.kind.kind === 'number' && String(value).trim() === '')) continue;
    out[field.name] = field.kind.kind === 'number' ? Number(value) : value;
  }
  return JSON.stringify(out);
}
