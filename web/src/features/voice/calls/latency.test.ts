import { expect, it } from 'vitest';
import { partsOf, spansOf, totalOf } from './latency';

it('takes the whole of an answer, or adds its parts up', () => {
  expect(totalOf({ stt: 120, model: 400, voice: 180 })).toBe(700);
  expect(totalOf({ stt: 120, total: 650 })).toBe(650);
  expect(partsOf({ stt: 120, total: 650, note: 'x', wrong: -1 })).toEqual([['stt', 120]]);
  for (const nothing of [null, undefined, {}, 'x', { note: 'x' }]) expect(totalOf(nothing)).toBeUndefined();
});

it('lays lines along their call, none beyond its end', () => {
  const turn = (seq: number, atMs: number, endedMs: number | null) => ({ seq, who: 'agent' as const, atMs, endedMs });
  expect(spansOf([turn(0, 0, 2500), turn(1, 5000, null), turn(2, 7500, null)], 10_000)).toEqual([
    { seq: 0, who: 'agent', from: 0, length: 25 },
    { seq: 1, who: 'agent', from: 50, length: 25 },
    { seq: 2, who: 'agent', from: 75, length: 25 },
  ]);
  // clocks that do not agree about the end
  for (const { from, length } of spansOf([turn(0, 0, 900), turn(1, 1200, 1100)], 1000)) {
    expect(length).toBeGreaterThanOrEqual(0);
    expect(from + length).toBeLessThanOrEqual(100);
  }
});
