import { expect, it } from 'vitest';
import { dayIn, instantIn, isElsewhere, localIn } from './zoned';

it('goes to the instant and back', () => {
  expect(instantIn('Asia/Riyadh', '2026-03-01T12:30')).toBe('2026-03-01T09:30:00.000Z');
  expect(localIn('Asia/Riyadh', '2026-03-01T22:30:00Z')).toBe('2026-03-02T01:30');
  for (const zone of ['Asia/Kathmandu', 'America/St_Johns', 'Pacific/Apia', 'UTC']) {
    for (const local of ['2026-01-01T00:00', '2026-07-15T23:59', '2024-02-29T12:00']) {
      expect(localIn(zone, instantIn(zone, local)), `${zone} ${local}`).toBe(local);
    }
  }
});

it('says which day it is in a zone', () => {
  expect(dayIn('Asia/Riyadh', '2026-11-21T22:30:00Z')).toBe('2026-11-22');
});

it('knows when the clock of the visitor shows something else', () => {
  expect(isElsewhere('Asia/Riyadh', '2030-06-02T06:00:00Z', 'Asia/Kuwait')).toBe(false);
  expect(isElsewhere('Asia/Riyadh', '2030-06-02T06:00:00Z', 'Europe/Berlin')).toBe(true);
  // clocks in Athens show the time of Riyadh in summer only
  expect(['2030-01-02T06:00:00Z', '2030-06-02T06:00:00Z'].map((at) => isElsewhere('Asia/Riyadh', at, 'Europe/Athens'))).toEqual([true, false]);
});

it('knows hours that come twice, and hours that never come', () => {
  // clocks in Berlin go back on 25 October 2026 from 3 to 2, and forward on 29 March 2026 from 2 to 3
  expect(instantIn('Europe/Berlin', '2026-10-25T02:30')).toBe('2026-10-25T00:30:00.000Z');
  expect(localIn('Europe/Berlin', instantIn('Europe/Berlin', '2026-03-29T02:30'))).toBe('2026-03-29T03:30');
});
