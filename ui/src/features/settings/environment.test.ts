import { expect, it } from 'vitest';
import type { Backend, Inherited } from '../../backend/backend';
import { Inheritance } from './environment.svelte';

/** A core that remembers what is passed, and the two lists it was given last. */
function core(names: string[]) {
  const saved: { pass: string[]; withhold: string[] } = { pass: [], withhold: [] };
  const secret = (name: string) => name.endsWith('_KEY');
  const backend = {
    agentEnvironment: () => {
      const data = names.map<Inherited>((name) => ({
        name,
        choosable: true,
        passed: saved.pass.includes(name) || (!secret(name) && !saved.withhold.includes(name)),
        reason: secret(name) ? 'looks like a secret' : '',
      }));
      return Promise.resolve({ status: 'ok', data });
    },
    saveAgentEnvironment: (_agent: string, pass: string[], withhold: string[]) => {
      Object.assign(saved, { pass, withhold });
      return Promise.resolve({ status: 'ok', data: null });
    },
  } as unknown as Backend;
  return { backend, saved };
}

const agent = { id: 'a', pass: [], withhold: [] };

it('passes and withholds by name and shows the withheld ones first', async () => {
  const { backend, saved } = core(['EDITOR', 'LANG', 'MODEL_KEY']);
  const environment = new Inheritance(backend, agent);
  await environment.load();
  expect(environment.shown.map((one) => one.name)).toEqual(['MODEL_KEY', 'EDITOR', 'LANG']);
  await environment.set('MODEL_KEY', true);
  await environment.set('LANG', false);
  expect(saved).toEqual({ pass: ['MODEL_KEY'], withhold: ['LANG'] });
  expect(environment.shown.map((one) => one.name)).toEqual(['LANG', 'EDITOR', 'MODEL_KEY']);
  await environment.set('LANG', true);
  expect(saved).toEqual({ pass: ['MODEL_KEY', 'LANG'], withhold: [] });
  environment.filter = 'key';
  expect(environment.shown.map((one) => one.name)).toEqual(['MODEL_KEY']);
});

it('says how a variable stands that a sign-in asks for', async () => {
  const { backend } = core(['MODEL_KEY', 'LANG']);
  const environment = new Inheritance(backend, agent);
  await environment.load();
  expect(['MODEL_KEY', 'LANG', 'OTHER_KEY'].map((name) => environment.standing(name))).toEqual([
    'withheld',
    'passed',
    'unset',
  ]);
});

it('lists what was chosen though it is not set, and takes it back', async () => {
  const { backend, saved } = core(['LANG']);
  const environment = new Inheritance(backend, { ...agent, pass: ['AWS_*'], withhold: ['LANG'] });
  await environment.load();
  expect(environment.unset).toEqual([{ name: 'AWS_*', passed: true }]);
  await environment.forget('AWS_*');
  expect(environment.unset).toEqual([]);
  expect(saved).toEqual({ pass: [], withhold: ['LANG'] });
});
