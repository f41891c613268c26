// A question's form while it is filled in: kept per request, so that nothing typed is lost when the conversation leaves the
// screen or the window is opened anew before it is answered.
import type { FormField, RequestId } from '../../backend/backend';
import { recall, remember, rememberedKeys } from '../../design/remembered.svelte';
import { blank, formValues, missing, type FieldValue } from './request';

/** Forgets what was filled in for a request that is settled. */
export function forgetForm(request: RequestId): void {
  remember(keyOf(request), null);
}

/** Forgets what was filled in for all requests that wait no more; they may have been settled while nobody looked. */
export function forgetOtherForms(waiting: ReadonlySet<RequestId>): void {
  for (const key of rememberedKeys(keyOf(''))) if (!waiting.has(key.slice(keyOf('').length))) remember(key, null);
}

/** The form of one request. */
export class QuestionAnswers {
  /** Whether the person tried to send it. */
  tried = $state(false);
  #values = $state.raw<Readonly<Record<string, FieldValue>>>({});
  readonly #request: RequestId;
  readonly #fields: () => FormField[];

  constructor(request: RequestId, fields: () => FormField[]) {
    this.#request = request;
    this.#fields = fields;
    this.#values = kept(recall(keyOf(request)));
  }

  /** What stands in a field. */
  value(field: FormField): FieldValue {
    return this.#values[field.name] ?? blank(field);
  }

  /** What is ticked in a field of several choices. */
  ticked(field: FormField): string[] {
    const list = this.value(field);
    return Array.isArray(list) ? list : [];
  }

  /** Puts something into a field. */
  set(field: FormField, value: FieldValue): void {
    this.#values = { ...this.#values, [field.name]: value };
    remember(keyOf(this.#request), JSON.stringify(this.#values));
  }

  /** Ticks a choice, or takes the tick away. */
  toggle(field: FormField, option: string): void {
    const list = this.ticked(field);
    this.set(field, list.includes(option) ? list.filter((one) => one !== option) : [...list, option]);
  }

  /** Names of fields that lack something, once it was tried to send them. */
  get lacking(): string[] {
    return this.tried ? missing(this.#fields(), this.#values) : [];
  }

  /** The whole answer as JSON text; null where something is lacking. */
  answer(): string | null {
    this.tried = true;
    return this.lacking.length ? null : formValues(this.#fields(), this.#values);
  }
}

const keyOf = (request: RequestId) => `form:${request}`;

function kept(json: string | null): Record<string, FieldValue> {
  try {
    const read: unknown = JSON.parse(json ?? '{}');
    return typeof read === 'object' && read !== null ? (read as Record<string, FieldValue>) : {};
  } catch {
    return {};
  }
}
