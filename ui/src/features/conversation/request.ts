// Answering what an agent asks: by key, and by a form.
import type { AskOption, FormField, OptionKind } from '../../backend/backend';

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

/** Names of required fields that are empty, or that hold no number where one must be. */
export function missing(fields: FormField[], values: Record<string, FieldValue>): string[] {
  return fields
    .filter((field) => {
      const value = values[field.name] ?? blank(field);
      if (field.kind.kind === 'number' && value !== '') return Number.isNaN(Number(value));
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
    if (value === '') continue;
    out[field.name] = field.kind.kind === 'number' ? Number(value) : value;
  }
  return JSON.stringify(out);
}
