import { expect, it } from 'vitest';
import type { CallWorkflow, Field } from '../api';
import { changesOf, draftOf, fieldChanges, fieldsOf, newRow } from './draft';

const field = (key: string, more: Partial<Field> = {}): Field => ({ key, label: { en: key }, type: 'string', required: false, displayInList: false, displayOrder: 0, sensitive: false, ...more });
const workflow: CallWorkflow = {
  id: 'w', slug: 'recalls', name: 'Recalls', nameAr: null, enabled: true, schemaVersion: 1, flow: null, cases: 0, version: 3, createdAt: '', updatedAt: '',
  fields: [field('b', { displayOrder: 2 }), field('a', { displayOrder: 1 }), field('c', { displayOrder: 7 })],
};

it('sends nothing where nothing is different, and only what is', () => {
  const draft = draftOf(workflow);
  expect(draft.fields.map(({ field: { key } }) => key)).toEqual(['a', 'b', 'c']);
  expect(changesOf(draft, workflow)).toEqual({});
  expect(changesOf({ ...draft, name: ' Recalls ', nameAr: 'استدعاء', enabled: false }, workflow)).toEqual({ nameAr: 'استدعاء', enabled: false });
  const more = changesOf({ ...draft, fields: [newRow(field('d')), ...draft.fields] }, workflow);
  expect(more.fields?.map(({ key, displayOrder }) => [key, displayOrder])).toEqual([['d', 1], ['a', 2], ['b', 3], ['c', 4]]);
});

it('says what is new, changed, gone and moved, with as few moves as there were', () => {
  const before = ['a', 'b', 'c', 'd'].map((key, i) => field(key, { displayOrder: i }));
  const after = [field('d'), field('a'), field('x'), field('b', { label: { en: 'B' }, required: true })].map((one, i) => ({ ...one, displayOrder: i }));
  expect(fieldChanges(before, after).map((change) => [change.kind, change.field.key, 'members' in change ? change.members : []])).toEqual([
    ['moved', 'd', []],
    ['added', 'x', []],
    ['changed', 'b', ['label', 'required']],
    ['removed', 'c', []],
  ]);
  expect(fieldChanges(before, before)).toEqual([]);
});

it('finds a way that leads there: what did not move keeps its order', () => {
  const keys = ['a', 'b', 'c', 'd', 'e'];
  const orders = (rest: string[]): string[][] => (rest.length ? rest.flatMap((key) => orders(rest.filter((other) => other !== key)).map((tail) => [key, ...tail])) : [[]]);
  const placed = (order: string[]) => order.map((key, i) => field(key, { displayOrder: i }));
  for (const order of orders(keys)) {
    const moved = fieldChanges(placed(keys), placed(order)).map((change) => change.field.key);
    const stayed = order.filter((key) => !moved.includes(key));
    expect(stayed, order.join()).toEqual([...stayed].sort());
    // no more of them than must: one that is put back would not stand where it stood
    expect(moved.length, order.join()).toBe(keys.length - longestRising(order));
  }
});

/** By trying all of them. */
function longestRising(order: string[]): number {
  let best = 0;
  for (let mask = 0; mask < 1 << order.length; mask++) {
    const chosen = order.filter((_, i) => mask & (1 << i));
    if (chosen.join() === [...chosen].sort().join()) best = Math.max(best, chosen.length);
  }
  return best;
}

it('numbers the places anew', () => {
  expect(fieldsOf(draftOf(workflow).fields).map(({ displayOrder }) => displayOrder)).toEqual([1, 2, 3]);
});
