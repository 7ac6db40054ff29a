import { expect, it } from 'vitest';
import type { Group, Item, Op, Value } from './conditions';
import { takesList, takesValue } from './conditions';
import { filterFields, filterOps, readFilter, writeFilter } from './filters';

const fields = filterFields('wish', [
  { name: 'status', kind: 'choice', choices: ['waiting', 'fulfilled'] },
  { name: 'service', kind: 'id', choices: [] },
  { name: 'urgent', kind: 'boolean', choices: [] },
  { name: 'earliest', kind: 'date', choices: [] },
  { name: 'createdAt', kind: 'instant', choices: [] },
  { name: 'attempts', kind: 'integer', choices: [] },
  { name: 'note', kind: 'text', choices: [] },
]);
const test = (field: string, op: Op, value: Value = null): Item => ({ field: `wish.${field}`, op, value });

it('writes the grammar of lists', () => {
  const group: Group = { join: 'all', items: [test('status', 'is', 'waiting'), { join: 'any', items: [test('note', 'containsNot', 'x'), test('service', 'filled')] }] };
  expect(writeFilter(group)).toEqual({
    all: [{ field: 'status', op: 'eq', value: 'waiting' }, { any: [{ not: { field: 'note', op: 'contains', value: 'x' } }, { not: { field: 'service', op: 'empty' } }] }],
  });
  expect(writeFilter({ join: 'any', items: [test('createdAt', 'past'), test('urgent', 'no'), { field: '', op: 'is', value: null }] })).toEqual({
    any: [{ field: 'createdAt', op: 'lt', value: '{{ practice.now }}' }, { field: 'urgent', op: 'eq', value: false }],
  });
  expect(writeFilter({ join: 'all', items: [] })).toBeNull();
});

it('reads back everything that it offers, as it was', () => {
  const valueOf = (op: Op): Value => (!takesValue(op) ? null : takesList(op) ? ['a', 'b'] : op === 'before' || op === 'after' ? '2026-12-01' : 'a');
  for (const field of fields) {
    for (const op of filterOps(field)) {
      const items = [{ field: field.key, op, value: valueOf(op) }];
      const group: Group = { join: 'any', items: [...items, { join: 'all', items }] };
      expect(readFilter(writeFilter(group), fields), `${field.key} ${op}`).toEqual(group);
    }
  }
});

it('reads one comparison by itself, one with a variable, and nothing at all', () => {
  expect(readFilter({ field: 'service', op: 'eq', value: '{{ appointment.service.id }}' }, fields)).toEqual({ join: 'all', items: [test('service', 'is', '{{ appointment.service.id }}')] });
  for (const nothing of [null, undefined, {}]) expect(readFilter(nothing, fields)).toEqual({ join: 'all', items: [] });
});

it('knows what it cannot say', () => {
  const foreign = [
    { field: 'colour', op: 'eq', value: 'red' },
    { field: 'earliest', op: 'lte', value: '2026-12-01' },
    { not: { field: 'status', op: 'eq', value: 'waiting' } },
    { not: { all: [] } },
    { all: [{ field: 'note', op: 'like', value: 'x' }] },
    { all: [], any: [] },
    'x',
  ];
  for (const filter of foreign) expect(readFilter(filter, fields), JSON.stringify(filter)).toBeUndefined();
});
