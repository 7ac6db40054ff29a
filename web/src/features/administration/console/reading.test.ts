import { expect, it } from 'vitest';
import { batches, type Failure } from './failures';
import { limitIssues, limitOf } from './LimitsForm';
import { flatten, nameOf, pageOf } from './reading';

it('takes any answer apart into names and values', () => {
  expect(flatten({ name: 'Crown', price: { amountMinor: 100, currency: 'SAR' }, tags: ['a', 'b'], code: null })).toEqual([
    ['name', 'Crown'],
    ['price.amountMinor', '100'],
    ['price.currency', 'SAR'],
    ['tags', 'a, b'],
    ['code', ''],
  ]);
  expect(flatten({ week: [{ from: '09:00' }, { from: '13:00' }] })).toEqual([
    ['week.1.from', '09:00'],
    ['week.2.from', '13:00'],
  ]);
});

it('names a record by what it has', () => {
  expect([nameOf({ nameEn: 'Crown', id: '1' }), nameOf({ name: null, id: '1' }), nameOf({})]).toEqual(['Crown', '1', '–']);
});

it('tells a list from a single record', () => {
  expect(pageOf({ items: [{ id: '1' }], nextCursor: 'x' })).toEqual({ records: [{ id: '1' }], nextCursor: 'x', whole: false });
  expect(pageOf({ name: 'Alpha' })).toEqual({ records: [{ name: 'Alpha' }], nextCursor: null, whole: true });
});

it('replays by practice, a hundred at once', () => {
  const of = (practice: string, count: number): Failure[] =>
    Array.from({ length: count }, (_, n) => ({ id: `${practice}${n}`, practice: { id: practice, name: '', slug: '' }, at: '', name: '', error: null }));
  const sizes = batches([...of('a', 150), ...of('b', 1)]).map(({ practice, ids }) => [practice, ids.length]);
  expect(sizes).toEqual([
    ['a', 100],
    ['a', 50],
    ['b', 1],
  ]);
});

it('takes nothing for the usual limit, and Arabic digits for digits', () => {
  expect([limitOf(' '), limitOf('١٢'), limitOf('3')]).toEqual([null, 12, 3]);
  expect(limitIssues({ ratePerSecond: '0', maxStaff: '1.5' })).toEqual({ ratePerSecond: { id: 'field.out_of_range' }, maxStaff: { id: 'field.out_of_range' } });
  expect(limitIssues({ ratePerSecond: '', maxStaff: '100000' })).toEqual({});
});
