import { expect, it } from 'vitest';
import type { Blocks, Field } from '../blocks';
import { stemOf } from '../ids';
import { sample } from '../samples.fixture';
import { newStep } from './newStep';

const field = (key: string, more: Partial<Field> = {}): Field => ({ key, kind: 'text', required: false, many: false, sensitive: false, sample: null, ...more });
const blocks: Blocks = {
  subjects: [],
  triggers: [],
  recipes: [],
  actions: [{ name: 'tag.add', available: true, permission: 'patients.write', gives: [], fields: [field('patientId', { kind: 'ref', of: 'patient', required: true }), field('tagId', { kind: 'ref', of: 'tag', required: true }), field('note')] }],
};

it('fills in what a step needs and is at hand', () => {
  const variables = [field('patient.id', { kind: 'ref', of: 'patient' }), field('patient.givenName')];
  expect(newStep('tag.add', { definition: sample, blocks, variables })).toEqual({ kind: 'action', id: 'tag1', name: null, action: 'tag.add', fields: { patientId: '{{ patient.id }}' }, onError: 'stop' });
});

it('repeats the first list there is', () => {
  const variables = [field('patient.id'), field('find1.items', { kind: 'list' })];
  expect(newStep('loop', { definition: sample, blocks, variables })).toMatchObject({ list: 'find1.items', limit: 100 });
  expect(newStep('loop', { definition: sample, blocks, variables: [] })).toMatchObject({ list: '' });
});

it('calls steps by what they do', () => expect(['message.send_email', 'tag.add', 'odd'].map(stemOf)).toEqual(['send_email', 'tag', 'odd']));
