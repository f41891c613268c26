import { beforeEach, expect, it } from 'vitest';
import type { FormField } from '../../backend/backend';
import { QuestionAnswers, forgetForm, forgetOtherForms } from './form.svelte';

beforeEach(() => localStorage.clear());

const field = (name: string, kind: FormField['kind']): FormField => ({
  name,
  title: name,
  description: null,
  required: true,
  kind,
});
const name = field('name', { kind: 'text' });
const places = field('places', { kind: 'choices', options: ['a', 'b'], titles: [] });
const fields = () => [name, places];

it('what was filled in is there again until the request is settled', () => {
  const form = new QuestionAnswers('r1', fields);
  form.set(name, 'half a');
  form.toggle(places, 'b');
  const again = new QuestionAnswers('r1', fields);
  expect([again.value(name), again.ticked(places)]).toEqual(['half a', ['b']]);
  expect(new QuestionAnswers('r2', fields).value(name)).toBe('');
  forgetForm('r1');
  expect(new QuestionAnswers('r1', fields).value(name)).toBe('');
});

it('says what is lacking only once it was tried', () => {
  const form = new QuestionAnswers('r1', fields);
  form.set(name, 'x');
  expect(form.lacking).toEqual([]);
  expect(form.answer()).toBeNull();
  expect(form.lacking).toEqual(['places']);
  form.toggle(places, 'a');
  expect(form.answer()).toBe('{"name":"x","places":["a"]}');
});

it('what was filled in for requests that were settled elsewhere is forgotten, and nothing else', () => {
  for (const request of ['r1', 'r2']) new QuestionAnswers(request, fields).set(name, 'x');
  localStorage.setItem('draft:r3', 'words');
  forgetOtherForms(new Set(['r2']));
  expect(Object.keys(localStorage).toSorted()).toEqual(['draft:r3', 'form:r2']);
});
