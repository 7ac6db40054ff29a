import { expect, it } from 'vitest';
import { daysAfter, daysBetween, weekdayOf } from './days';

it('goes from day to day, over months, years and the change of clocks', () => {
  expect(daysAfter('2026-11-30', 1)).toBe('2026-12-01');
  expect(daysAfter('2026-12-31', 1)).toBe('2027-01-01');
  expect(daysAfter('2027-03-28', 1)).toBe('2027-03-29');
  expect(daysAfter('2028-03-01', -1)).toBe('2028-02-29');
  expect(daysAfter('2027-03-01', -1)).toBe('2027-02-28');
  expect(daysAfter('2026-11-01', -1)).toBe('2026-10-31');
});

it('counts the days between, in either direction', () => {
  expect([daysBetween('2026-11-30', '2026-12-02'), daysBetween('2026-12-02', '2026-11-30'), daysBetween('2026-03-28', '2026-03-30')]).toEqual([2, -2, 2]);
});

it('knows the days of the week', () => {
  expect(['2026-11-22', '2026-11-23', '2026-11-28'].map(weekdayOf)).toEqual([7, 1, 6]);
});
