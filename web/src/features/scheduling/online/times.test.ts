import { expect, it } from 'vitest';
import { firstFree, weekFrom, weekOf, windowOf } from './times';

const today = '2030-06-02';

it('counts weeks and windows from today', () => {
  expect(['2030-06-01', '2030-06-02', '2030-06-08', '2030-06-09', '2030-07-04'].map((day) => weekOf(today, day))).toEqual([
    '2030-06-02', '2030-06-02', '2030-06-02', '2030-06-09', '2030-06-30',
  ]);
  expect(windowOf(today, '2030-06-23')).toEqual({ from: '2030-06-02', to: '2030-06-29' });
  expect(windowOf(today, '2030-06-30')).toEqual({ from: '2030-06-30', to: '2030-07-27' });
});

it('puts times on the days of the place, over a change of clocks as well', () => {
  const at = (start: string) => ({ start, end: start });
  // clocks jump on the 31st of March: 22:30 UTC before is 23:30, after it half past midnight
  const week = weekFrom([at('2030-03-30T22:30:00Z'), at('2030-03-31T22:30:00Z')], 'Europe/Berlin', '2030-03-30');
  expect(week.map(({ day, times }) => [day, times.length])).toEqual([
    ['2030-03-30', 1], ['2030-03-31', 0], ['2030-04-01', 1], ['2030-04-02', 0], ['2030-04-03', 0], ['2030-04-04', 0], ['2030-04-05', 0],
  ]);
  expect(firstFree([at('2030-03-30T22:30:00Z'), at('2030-03-31T22:30:00Z')], 'Europe/Berlin', '2030-03-31')).toBe('2030-04-01');
  expect(firstFree([], 'Europe/Berlin', today)).toBeUndefined();
});
