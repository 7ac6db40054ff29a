import { expect, it } from 'vitest';
import { firstOf, lastOf, monthAfter, monthOf } from './months';

it('goes from month to month over the ends of years', () => {
  expect(monthOf('2026-11-30')).toBe('2026-11');
  expect([monthAfter('2026-11', 1), monthAfter('2026-12', 1), monthAfter('2026-01', -1), monthAfter('2026-11', 14)]).toEqual(['2026-12', '2027-01', '2025-12', '2028-01']);
});

it('knows the days of a month', () => {
  expect([firstOf('2028-02'), lastOf('2028-02'), lastOf('2026-02'), lastOf('2026-12')]).toEqual(['2028-02-01', '2028-02-29', '2026-02-28', '2026-12-31']);
});
