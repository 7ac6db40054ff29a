import { expect, it } from 'vitest';
import { columnOf, nextColumn, stepsBack, stepsTo } from './stages';

const at = '2026-11-22T07:00:00Z';
const visit = (status: Parameters<typeof columnOf>[0]['status'], more: object = {}) => ({ status, confirmedAt: null, checkedOutAt: null, ...more });

it('has a column for everything that takes place', () => {
  expect((['scheduled', 'confirmed', 'arrived', 'in_chair', 'completed'] as const).map((status) => columnOf(visit(status)))).toEqual(['booked', 'booked', 'arrived', 'seated', 'done']);
  expect(columnOf(visit('completed', { checkedOutAt: at }))).toBe('out');
  expect([columnOf(visit('cancelled')), columnOf(visit('no_show'))]).toEqual([undefined, undefined]);
});

it('goes one column further, and not beyond the last', () => {
  expect(nextColumn(visit('confirmed'))).toBe('arrived');
  expect(nextColumn(visit('completed'))).toBe('out');
  expect(nextColumn(visit('completed', { checkedOutAt: at }))).toBeUndefined();
  expect(nextColumn(visit('no_show'))).toBeUndefined();
});

it('knows what to ask of the server, also for columns that are skipped', () => {
  expect(stepsTo('arrived', visit('scheduled'))).toEqual([{ status: 'arrived' }]);
  expect(stepsTo('out', visit('completed'))).toEqual([{ checkOut: true }]);
  expect(stepsTo('out', visit('in_chair'))).toEqual([{ status: 'completed' }, { checkOut: true }]);
  expect(stepsTo('arrived', visit('arrived'))).toEqual([]);
  expect(stepsTo('arrived', visit('cancelled'))).toEqual([]);
});

it('goes back to what was known before', () => {
  expect(stepsTo('booked', visit('arrived', { confirmedAt: at }))).toEqual([{ status: 'confirmed' }]);
  expect(stepsTo('booked', visit('arrived'))).toEqual([{ status: 'scheduled' }]);
  expect(stepsTo('done', visit('completed', { checkedOutAt: at }))).toEqual([{ status: 'in_chair' }, { status: 'completed' }]);
});

it('takes back what was said last', () => {
  expect(stepsBack(visit('scheduled'), visit('confirmed', { confirmedAt: at }))).toEqual([{ status: 'scheduled' }]);
  expect(stepsBack(visit('scheduled'), visit('arrived'))).toEqual([{ status: 'scheduled' }]);
  expect(stepsBack(visit('arrived'), visit('in_chair'))).toEqual([{ status: 'arrived' }]);
  expect(stepsBack(visit('completed'), visit('completed', { checkedOutAt: at }))).toEqual([{ status: 'in_chair' }, { status: 'completed' }]);
  expect(stepsBack(visit('confirmed'), visit('no_show'))).toEqual([{ status: 'confirmed' }]);
  expect(stepsBack(visit('no_show'), visit('scheduled'))).toEqual([{ status: 'no_show' }]);
});
