import { expect, it } from 'vitest';
import { byDay, dayIn, daysAfter } from './days';

const slot = (start: string) => ({ start, end: start, providerIds: ['p'] });

it('counts days across months, years and the change of clocks', () => {
  expect(daysAfter('2026-11-30', 1)).toBe('2026-12-01');
  expect(daysAfter('2026-12-31', 1)).toBe('2027-01-01');
  expect(daysAfter('2027-03-28', 1)).toBe('2027-03-29');
  expect(daysAfter('2026-11-01', -1)).toBe('2026-10-31');
});

it('puts what is free on the day that it is where the practice is', () => {
  expect(dayIn('Asia/Riyadh', '2026-11-21T22:30:00Z')).toBe('2026-11-22');
  const days = byDay([slot('2026-11-21T21:30:00Z'), slot('2026-11-22T06:00:00Z'), slot('2026-11-25T06:00:00Z')], 'Asia/Riyadh', '2026-11-22', 3);
  expect(days.map(({ day, slots }) => [day, slots.length])).toEqual([
    ['2026-11-22', 2],
    ['2026-11-23', 0],
    ['2026-11-24', 0],
  ]);
});
