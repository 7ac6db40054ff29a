import { expect, it } from 'vitest';
import { byDay } from './days';

const slot = (start: string) => ({ start, end: start, providerIds: ['p'] });

it('puts what is free on the day that it is where the practice is', () => {
  const days = byDay([slot('2026-11-21T21:30:00Z'), slot('2026-11-22T06:00:00Z'), slot('2026-11-25T06:00:00Z')], 'Asia/Riyadh', '2026-11-22', 3);
  expect(days.map(({ day, slots }) => [day, slots.length])).toEqual([
    ['2026-11-22', 2],
    ['2026-11-23', 0],
    ['2026-11-24', 0],
  ]);
});
