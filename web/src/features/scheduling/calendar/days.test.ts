import { expect, it } from 'vitest';
import { weekdayOf } from '@/shared/days';
import { addSeconds, daysFrom, monthOf, offsetOf, shiftMonth, wallOf, weekOf } from './days';

it('counts days over summer time', () => {
  expect(daysFrom('2026-03-28', 3)).toEqual(['2026-03-28', '2026-03-29', '2026-03-30']);
});

it('goes from month to month without skipping a short one', () => {
  expect(shiftMonth('2026-01-31', 1)).toBe('2026-02-28');
  expect(shiftMonth('2026-03-31', -1)).toBe('2026-02-28');
  expect(shiftMonth('2026-12-15', 1)).toBe('2027-01-15');
});

it('knows where weeks begin', () => {
  expect(weekOf('2026-11-25', 7)).toBe('2026-11-22');
  expect(weekOf('2026-11-22', 7)).toBe('2026-11-22');
  expect(weekOf('2026-11-22', 1)).toBe('2026-11-16');
});

it('shows a month in six weeks that hold all of it', () => {
  for (const first of [1, 6, 7]) {
    for (const day of ['2026-02-14', '2026-11-30', '2028-02-29', '2026-08-01']) {
      const days = monthOf(day, first);
      expect(days).toHaveLength(42);
      expect(weekdayOf(days[0]!)).toBe(first);
      const month = day.slice(0, 7);
      const last = new Date(Date.UTC(Number(day.slice(0, 4)), Number(day.slice(5, 7)), 0)).getUTCDate();
      expect(days.filter((d) => d.startsWith(month))).toHaveLength(last);
    }
  }
});

it('reads the clock on the wall of the place, wherever the browser is', () => {
  expect(wallOf('Asia/Riyadh', '2026-11-22T06:30:00Z')).toBe('2026-11-22T09:30:00');
  expect(wallOf('Asia/Riyadh', '2026-11-22T22:00:00Z')).toBe('2026-11-23T01:00:00');
  expect(addSeconds('2026-03-29T01:30:00', 3600)).toBe('2026-03-29T02:30:00');
});

it('says how far clocks are ahead', () => {
  const at = new Date('2026-07-01T00:00:30.500Z');
  expect(offsetOf('Asia/Riyadh', at)).toBe('+03:00');
  expect(offsetOf('America/St_Johns', at)).toBe('-02:30');
  expect(offsetOf('Asia/Kathmandu', at)).toBe('+05:45');
});
