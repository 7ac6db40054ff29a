import { expect, it } from 'vitest';
import { comparisonOf, emptyRow, type Filter, type FilterField, filterOf, groupOf, opsOf, sizeOf, unfinished } from './filter';

const field = (name: string, kind: string, operators: FilterField['operators'], choices: string[] = []): FilterField => ({ name, kind, operators, choices });
const fields = [
  field('givenName', 'text', ['contains', 'eq', 'ne', 'in', 'empty']),
  field('status', 'choice', ['eq', 'ne', 'in', 'empty'], ['lead', 'active']),
  field('number', 'integer', ['eq', 'ne', 'lt', 'lte', 'gt', 'gte', 'in', 'empty']),
  field('consentSms', 'boolean', ['eq', 'ne', 'empty']),
  field('createdAt', 'instant', ['eq', 'ne', 'lt', 'lte', 'gt', 'gte', 'in', 'empty']),
];
const context = { fields, timeZone: 'Asia/Riyadh' };
const again = (filter: Filter) => filterOf(groupOf(filter, context), context);

it('edits what it can say, and gives it back unchanged', () => {
  for (const filter of [
    { all: [{ field: 'givenName', op: 'contains', value: 'a' }, { any: [{ field: 'status', op: 'in', value: ['lead'] }, { not: { field: 'givenName', op: 'empty' } }] }] },
    { any: [{ field: 'number', op: 'gte', value: 7 }, { field: 'consentSms', op: 'eq', value: false }, { not: { field: 'number', op: 'lt', value: 3 } }] },
    { all: [{ field: 'createdAt', op: 'lt', value: '2026-11-01T09:30:00.000Z' }] },
  ] satisfies Filter[]) {
    expect(again(filter)).toEqual(filter);
  }
});

it('says the opposite of a group by the opposites of its parts', () => {
  const part: Filter = { field: 'number', op: 'eq', value: 1 };
  expect(again({ not: { all: [part, { any: [{ not: part }] }] } })).toEqual({ any: [{ field: 'number', op: 'ne', value: 1 }, { all: [part] }] });
  expect(again(part)).toEqual({ all: [part] });
});

it('knows which rows are not finished, and reads what was typed', () => {
  const row = { ...emptyRow(fields[2]!, false), op: 'eq' as const };
  expect(unfinished({ key: 'g', join: 'all', parts: [row] }, context)).toEqual([row.key]);
  expect(comparisonOf({ ...row, value: 'x' }, context)).toBeUndefined();
  expect(comparisonOf({ ...row, value: ' ١٢ ' }, context)).toEqual({ field: 'number', op: 'eq', value: 12 });
  expect(comparisonOf({ ...row, op: 'empty', value: '' }, context)).toEqual({ field: 'number', op: 'empty' });
  expect(comparisonOf({ ...row, op: 'not_in', value: ['1', '2'] }, context)).toEqual({ not: { field: 'number', op: 'in', value: [1, 2] } });
});

it('offers opposites, and lists of values only where there are few to choose from', () => {
  expect(opsOf(fields[0]!, false)).toEqual(['contains', 'not_contains', 'eq', 'ne', 'empty', 'not_empty']);
  expect(opsOf(fields[1]!, false)).toEqual(['eq', 'ne', 'in', 'not_in', 'empty', 'not_empty']);
});

it('counts comparisons', () => {
  expect(sizeOf(undefined)).toBe(0);
  expect(sizeOf({ all: [{ not: { field: 'a', op: 'empty' } }, { any: [{ field: 'a', op: 'empty' }] }] })).toBe(2);
});
