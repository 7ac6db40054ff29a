import { describe, expect, it } from 'vitest';
import { DAY, showTime } from './time';
import {
  clearDay,
  copyDay,
  crosses,
  dayAfter,
  draw,
  endOf,
  firstWeekday,
  freeAround,
  fromWire,
  type Interval,
  interval,
  minutesIn,
  overlapping,
  pieces,
  place,
  propose,
  resize,
  sameWeek,
  startOf,
  stepped,
  toWire,
  WEEK,
  type Weekday,
  weekdays,
  weekFrom,
} from './week';

const h = (hours: number, minutes = 0) => hours * 60 + minutes;
const shown = (all: readonly Interval[] | undefined) => all?.map((i) => `${i.day} ${showTime(i.from)}-${showTime(endOf(i))}`);

/** The same numbers on every run. */
function dice(seed: number) {
  let state = seed;
  return (below: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}
/** Every minute of the week, counted one by one: slow, and nothing that the code under test uses. */
function busy(all: readonly Interval[]) {
  const minutes = new Uint8Array(WEEK);
  for (const i of all) for (let m = 0; m < i.length; m++) minutes[(startOf(i) + m) % WEEK]!++;
  return minutes;
}
function someWeek(roll: (below: number) => number) {
  let all: Interval[] = [];
  for (let n = roll(9); n > 0; n--) {
    const day = (1 + roll(7)) as Weekday;
    const from = roll(96) * 15;
    const next = [...all, interval(day, from, from + 15 + roll(60) * 15)].map((i) => ({ ...i, length: Math.min(i.length, DAY) }));
    if (busy(next).every((count) => count <= 1)) all = next;
  }
  return all;
}

describe('the wire', () => {
  it('goes there and back, with breaks, ends at 24:00 and hours past midnight', () => {
    const week = weekdays.map((weekday) => ({ weekday, intervals: [] as { from: string; to: string }[] }));
    week[0]!.intervals = [{ from: '09:00', to: '12:00' }, { from: '16:10', to: '21:00' }];
    week[2]!.intervals = [{ from: '00:00', to: '24:00' }];
    week[6]!.intervals = [{ from: '20:00', to: '02:00' }];
    expect(toWire(fromWire(week)).week).toEqual(week);
    expect(minutesIn(fromWire(week))).toBe(h(3) + h(4, 50) + h(24) + h(6));
  });

  it('says which interval stands where, sorted as sent', () => {
    const late = interval(1, h(16), h(20));
    const early = interval(1, h(9), h(12));
    const { week, ids } = toWire([late, early]);
    expect(week[0]!.intervals[1]!.from).toBe('16:00');
    expect(ids[0]).toEqual([early.id, late.id]);
    expect(sameWeek([late, early], [early, late])).toBe(true);
    expect(sameWeek([late], [early])).toBe(false);
  });
});

describe('overlaps', () => {
  it('touching is none', () => expect(overlapping([interval(1, h(9), h(12)), interval(1, h(12), h(14))]).size).toBe(0));
  it('is found across midnight and from Sunday into Monday', () => {
    const night = interval(7, h(22), h(2));
    expect(crosses(night)).toBe(true);
    expect(overlapping([night, interval(1, h(1), h(3))]).size).toBe(2);
    expect(overlapping([night, interval(1, h(2), h(3))]).size).toBe(0);
  });
  it('agrees with counting every minute', () => {
    const roll = dice(7);
    for (let round = 0; round < 200; round++) {
      const all = Array.from({ length: 1 + roll(6) }, () => interval((1 + roll(7)) as Weekday, roll(DAY), roll(DAY)));
      const counts = busy(all);
      const expected = all.filter((i) => Array.from({ length: i.length }, (_, m) => counts[(startOf(i) + m) % WEEK]! > 1).some(Boolean));
      expect([...overlapping(all)].sort()).toEqual(expected.map((i) => i.id).sort());
    }
  });
});

describe('moving', () => {
  const morning = interval(1, h(9), h(12));
  const evening = interval(1, h(16), h(21));
  const both = [morning, evening];
  it('goes where there is room', () => expect(shown(place(both, morning.id, 2, h(10)))).toEqual(['1 16:00-21:00', '2 10:00-13:00']));
  it('stops beside what is in the way', () => {
    expect(shown(place(both, morning.id, 1, h(14)))).toEqual(['1 13:00-16:00', '1 16:00-21:00']);
    expect(shown(place(both, morning.id, 1, h(20)))).toEqual(['1 16:00-21:00', '1 21:00-24:00']);
  });
  it('may cross midnight, and begins on the day it was dropped on', () =>
    expect(shown(place([morning], morning.id, 7, h(23)))).toEqual(['7 23:00-02:00']));
  it('does not leave its day at either end', () => {
    expect(shown(place([morning], morning.id, 1, -30))).toEqual(['1 00:00-03:00']);
    expect(shown(place([morning], morning.id, 1, h(30)))).toEqual(['1 23:45-02:45']);
  });
  it('has nowhere to go on a full day', () => expect(place([morning, interval(2, 0, DAY)], morning.id, 2, h(9))).toBeUndefined());
  it('never overlaps, keeps its length and takes the wish wherever that is free', () => {
    const roll = dice(11);
    for (let round = 0; round < 100; round++) {
      const all = someWeek(roll);
      if (all.length === 0) continue;
      const one = all[roll(all.length)]!;
      const day = (1 + roll(7)) as Weekday;
      const from = roll(96) * 15;
      const others = busy(all.filter((i) => i.id !== one.id));
      // how many free minutes follow each minute
      const room = new Int32Array(2 * WEEK + 1);
      for (let m = 2 * WEEK - 1; m >= 0; m--) room[m] = others[m % WEEK] ? 0 : room[m + 1]! + 1;
      const fits = (at: number) => room[(day - 1) * DAY + at]! >= one.length;
      const moved = place(all, one.id, day, from);
      const now = moved?.find((i) => i.id === one.id);
      // the nearest start on that day that is free, found by trying each minute
      const starts = Array.from({ length: DAY }, (_, m) => m).filter(fits);
      if (!now) expect(starts).toEqual([]);
      else {
        expect(busy(moved!).every((n) => n <= 1)).toBe(true);
        expect(now).toMatchObject({ day, length: one.length });
        expect(Math.abs(now.from - from)).toBe(Math.min(...starts.map((s) => Math.abs(s - from))));
      }
    }
  });
});

describe('resizing', () => {
  it('stops at the neighbours and at one step', () => {
    const a = interval(1, h(9), h(12));
    const b = interval(1, h(16), h(21));
    expect(shown(resize([a, b], a.id, 'to', h(18)))).toEqual(['1 09:00-16:00', '1 16:00-21:00']);
    expect(shown(resize([a, b], a.id, 'to', h(3)))).toEqual(['1 09:00-09:15', '1 16:00-21:00']);
    expect(shown(resize([a, b], b.id, 'from', h(10)))).toEqual(['1 09:00-12:00', '1 12:00-21:00']);
    expect(shown(resize([a, b], b.id, 'from', h(23)))).toEqual(['1 09:00-12:00', '1 20:45-21:00']);
  });
  it('goes past midnight up to the next morning’s hours', () => {
    const late = interval(7, h(20), h(23));
    expect(shown(resize([late, interval(1, h(2), h(5))], late.id, 'to', DAY + h(4)))).toEqual(['1 02:00-05:00', '7 20:00-02:00']);
    expect(shown(resize([late], late.id, 'to', DAY))).toEqual(['7 20:00-24:00']);
  });
  it('does not begin before its day, nor last longer than one', () => {
    const a = interval(3, h(1), h(5));
    expect(shown(resize([a], a.id, 'from', -60))).toEqual(['3 00:00-05:00']);
    expect(resize([a], a.id, 'to', 5 * DAY)[0]!.length).toBe(DAY);
  });
  it('never overlaps', () => {
    const roll = dice(23);
    for (let round = 0; round < 300; round++) {
      const all = someWeek(roll);
      if (all.length === 0) continue;
      const next = resize(all, all[roll(all.length)]!.id, roll(2) ? 'to' : 'from', roll(3 * DAY) - DAY);
      expect(Math.max(...busy(next))).toBe(1);
      expect(next.every((i) => i.length > 0 && i.length <= DAY && i.from >= 0 && i.from < DAY)).toBe(true);
    }
  });
});

describe('drawing', () => {
  const taken = [interval(1, h(9), h(12)), interval(7, h(22), h(2))];
  it('works in both directions, and stops at neighbours', () => {
    expect(shown(draw([], 2, h(12), h(9))?.all)).toEqual(['2 09:00-12:00']);
    expect(shown(draw(taken, 1, h(13), h(10))?.all)).toContain('1 12:00-13:00');
    expect(shown(draw(taken, 1, h(5), h(1))?.all)).toContain('1 02:00-05:00');
  });
  it('cannot begin on what is taken, and nothing is not drawn', () => {
    expect(draw(taken, 1, h(10), h(15))).toBeUndefined();
    expect(draw(taken, 1, h(1), h(5))).toBeUndefined();
    expect(draw([], 1, h(10), h(10))).toBeUndefined();
  });
  it('reaches the end of the day', () => expect(shown(draw([], 4, h(20), 2 * DAY)?.all)).toEqual(['4 20:00-24:00']));
  it('knows what is free around a minute', () => expect(freeAround(taken, 1, h(14))).toEqual({ from: h(12), to: DAY }));
});

it('draws hours past midnight as two pieces, from Sunday into Monday', () => {
  const all = [interval(7, h(22), h(2))];
  expect(pieces(all).map((p) => [p.day, p.from, p.to, p.part])).toEqual([[7, h(22), DAY, 'head'], [1, 0, h(2), 'tail']]);
  expect(pieces([interval(2, h(22), DAY)]).map((p) => p.part)).toEqual(['whole']);
});

it('proposes a working day, then an evening, then what is left, then nothing', () => {
  let all: Interval[] = [];
  const seen: string[] = [];
  for (let next = propose(all, 3); next; next = propose(all, 3)) {
    seen.push(shown([next])![0]!);
    all = [...all, next];
  }
  expect(seen).toEqual(['3 09:00-17:00', '3 18:00-22:00', '3 23:00-24:00', '3 00:00-09:00', '3 17:00-18:00', '3 22:00-23:00']);
  expect(busy(all).slice(2 * DAY, 3 * DAY).every((n) => n === 1)).toBe(true);
});

it('copies a day over others, and clears one', () => {
  const all = [interval(7, h(9), h(12)), interval(7, h(16), h(21)), interval(1, h(8), h(9)), interval(5, h(10), h(11))];
  const copied = copyDay(all, 7, [1, 2, 7]);
  expect(shown(copied)).toEqual(['1 09:00-12:00', '1 16:00-21:00', '2 09:00-12:00', '2 16:00-21:00', '5 10:00-11:00', '7 09:00-12:00', '7 16:00-21:00']);
  expect(new Set(copied.map((i) => i.id)).size).toBe(copied.length);
  expect(shown(clearDay(all, 7))).toEqual(['1 08:00-09:00', '5 10:00-11:00']);
});

it('steps to the grid from a time beside it', () => {
  expect([stepped(h(9, 10), 1), stepped(h(9, 10), -1), stepped(h(9), 1), stepped(h(9), -4)]).toEqual([h(9, 15), h(9), h(9, 15), h(8)]);
});

it('begins the week where the practice is', () => {
  expect(firstWeekday('SA')).toBe(7);
  expect(firstWeekday('GB')).toBe(1);
  expect(firstWeekday('EG')).toBe(6);
  expect(firstWeekday('nonsense')).toBe(1);
  expect(weekFrom(7)).toEqual([7, 1, 2, 3, 4, 5, 6]);
  expect([dayAfter(7), dayAfter(1, -1), dayAfter(3, 9)]).toEqual([1, 7, 5]);
});
