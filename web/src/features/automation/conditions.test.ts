import { expect, it } from 'vitest';
import { celOf, emptyGroup, type Group, type Item, type Op, ops, opsOf, read, takesList, takesValue, type Value, write } from './conditions';

const test = (op: Op, value: Value): Item => ({ field: 'patient.x', op, value });

it('writes what JSONLogic calls it', () => {
  const written = (item: Item) => write({ join: 'all', items: [item] });
  expect(written(test('is', 'Lina'))).toEqual({ and: [{ '==': [{ var: 'patient.x' }, 'Lina'] }] });
  expect(written(test('noneOf', ['a', 'b']))).toEqual({ and: [{ '!': [{ in: [{ var: 'patient.x' }, ['a', 'b']] }] }] });
  expect(written(test('contains', 'a'))).toEqual({ and: [{ in: ['a', { var: 'patient.x' }] }] });
  expect(written(test('begins', '+966'))).toEqual({ and: [{ '==': [{ substr: [{ var: 'patient.x' }, 0, 4] }, '+966'] }] });
  expect(written(test('past', null))).toEqual({ and: [{ '<': [{ var: 'patient.x' }, { var: 'practice.now' }] }] });
  expect(write({ join: 'any', items: [test('yes', null), { join: 'all', items: [test('atLeast', 3)] }] })).toEqual({
    or: [{ '==': [{ var: 'patient.x' }, true] }, { and: [{ '>=': [{ var: 'patient.x' }, 3] }] }],
  });
});

it('reads back every test that it writes, as it was', () => {
  const valueOf = (op: Op) => (!takesValue(op) ? null : takesList(op) ? ['a', 'b'] : ['less', 'atMost', 'more', 'atLeast'].includes(op) ? 4 : op === 'before' || op === 'after' ? '2026-12-01' : 'سبا');
  for (const op of ops) {
    for (const join of ['all', 'any'] as const) {
      const group: Group = { join, items: [test(op, valueOf(op)), { join: 'any', items: [test(op, valueOf(op))] }] };
      expect(read(write(group)), op).toEqual(group);
    }
  }
});

it('asks of each kind of value only what can be written and read', () => {
  const kinds = ['text', 'longText', 'number', 'boolean', 'date', 'instant', 'minutes', 'phone', 'email', 'choice', 'ref', 'object', 'list'] as const;
  const asked = new Set(kinds.flatMap((kind) => [false, true].flatMap((many) => opsOf({ kind, many }))));
  expect([...ops].filter((op) => !asked.has(op))).toEqual([]);
});

it('leaves out what is not finished, and is nothing then', () => {
  expect(write({ join: 'all', items: [{ field: '', op: 'is', value: null }, { join: 'any', items: [] }] })).toBeNull();
  expect(read(null)).toBe(emptyGroup);
  expect(read(write({ join: 'all', items: [test('is', null)] }))).toEqual({ join: 'all', items: [test('is', null)] });
});

it('reads a single test without a group around it', () => expect(read({ '>': [{ var: 'a.b' }, 1] })).toEqual({ join: 'all', items: [{ field: 'a.b', op: 'more', value: 1 }] }));

it('knows what it cannot say in words', () => {
  const foreign = [
    { cel: 'patient.x == "a"' },
    { '==': ['a', { var: 'patient.x' }] },
    { '==': [{ var: 'a.b' }, { var: 'c.d' }] },
    { and: [{ '>': [{ '+': [{ var: 'a.b' }, 1] }, 2] }] },
    { '<': [1, { var: 'a.b' }, 3] },
    { '==': [{ substr: [{ var: 'a.b' }, 0, 9] }, '+966'] },
    { '==': [{ substr: [{ var: 'a.b' }, 1, 4] }, '+966'] },
    { '==': [{ var: ['a.b', 'else'] }, 1] },
    { '>=': [{ var: 'a.b' }, '2026-01-01'] },
    { '!=': [{ var: 'a.b' }, true] },
    { and: [], or: [] },
  ];
  for (const rule of foreign) expect(read(rule), JSON.stringify(rule)).toBeUndefined();
  expect(celOf({ cel: 'true' })).toBe('true');
  expect(celOf({ '==': [1, 1] })).toBeUndefined();
});
