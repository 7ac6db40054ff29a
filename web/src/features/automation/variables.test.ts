import { expect, it } from 'vitest';
import type { Field } from './blocks';
import { sample } from './samples.fixture';
import { atStart, fitting, pickable, piecesOf, sourcesOf, variableIn, written } from './variables';

const field = (key: string, more: Partial<Field> = {}): Field => ({ key, kind: 'text', required: false, many: false, sensitive: false, sample: null, ...more });

it('finds the variables in a text, and leaves everything else as it is', () => {
  expect(piecesOf('Hello {{ patient.givenName }}, on {{appointment.start|date}}!')).toEqual([
    { text: 'Hello ' },
    { path: 'patient.givenName', filters: '' },
    { text: ', on ' },
    { path: 'appointment.start', filters: '|date' },
    { text: '!' },
  ]);
  for (const text of ['', '{% if a.b %}x{% endif %}', '{{ 1 + 2 }}', '{{ a.b + 1 }}', '{ {a.b} }', '{{ }}']) expect(piecesOf(text)).toEqual(text ? [{ text }] : []);
});

it('writes back what it read', () => {
  for (const text of ['{{ a.b }}', 'x {{ a.b | default("–") }}\ny {{ c }}', 'مرحبا {{ patient.givenName }}']) {
    const again = (t: string) => piecesOf(t).map((piece) => ('text' in piece ? piece.text : written(piece))).join('');
    expect(piecesOf(again(text))).toEqual(piecesOf(text));
  }
});

it('tells a variable from a text with one', () => {
  expect(variableIn(' {{ patient.id }} ')).toBe('patient.id');
  for (const value of ['{{ a.b }} and', '', 'x', 4, null]) expect(variableIn(value)).toBeUndefined();
});

it('groups by where they come from, what it is about first', () => {
  const fields = ['practice.name', 'w.happened', 'a.id', 'patient.givenName', 'vars.x', 'patient.phone', 'item.id'].map((key) => field(key));
  expect(sourcesOf(fields, sample).map(({ head, fields }) => [head, fields.length])).toEqual([['item', 1], ['patient', 2], ['a', 1], ['w', 1], ['vars', 1], ['practice', 1]]);
});

it('offers what fits', () => {
  const all = [field('a.name'), field('a.start', { kind: 'instant' }), field('a.who', { kind: 'ref', of: 'patient' }), field('a.tags', { kind: 'ref', of: 'tag', many: true }), field('a.rows', { kind: 'list' })];
  const keys = (wanted: Partial<Field>) => fitting(all, field('', wanted)).map((one) => one.key);
  expect(keys({ kind: 'longText' })).toEqual(['a.name', 'a.start', 'a.who', 'a.tags']);
  expect(keys({ kind: 'ref', of: 'patient' })).toEqual(['a.who']);
  expect(keys({ kind: 'ref', of: 'tag' })).toEqual([]);
  expect(keys({ kind: 'ref', of: 'tag', many: true })).toEqual(['a.tags']);
  expect(keys({ kind: 'list' })).toEqual(['a.rows']);
});

it('shows what there is once, and of lists only that they are there', () => {
  const all = ['appointment.start', 'appointment.patient.phone', 'patient.phone', 'find1.items', 'find1.items.start'].map((key) => field(key, key === 'find1.items' ? { kind: 'list' } : {}));
  expect(pickable(all).map((one) => one.key)).toEqual(['appointment.start', 'patient.phone', 'find1.items']);
});

it('knows what a workflow begins with before the server was asked', () => {
  const subjects = [{ name: 'appointment', permission: '', dates: [], find: true, fields: [field('start'), field('patient.phone')] }];
  const blocks = { subjects, triggers: [{ event: 'appointment.no_show', subject: 'appointment' }], actions: [], recipes: [] };
  expect(atStart(blocks, sample).map((one) => one.key)).toEqual(expect.arrayContaining(['appointment.start', 'patient.phone', 'practice.today']));
  expect(atStart(blocks, { trigger: { kind: 'webhook' }, steps: [] }).map((one) => one.key)).not.toContain('appointment.start');
});

it('shows what people read before what only programs do, and of what has parts the parts', () => {
  const id = { kind: 'ref', of: 'x' } as const;
  const all = [field('a.id', id), field('a.service', { kind: 'object' }), field('a.service.id', id), field('a.service.name'), field('a.custom', { kind: 'object' })];
  expect(sourcesOf(all, sample).flatMap(({ fields }) => fields.map(({ key }) => key))).toEqual(['a.service.name', 'a.custom', 'a.id', 'a.service.id']);
});
