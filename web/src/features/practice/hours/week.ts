import { DAY, showTime } from './time';

/** As ISO 8601 counts: Monday is 1, Sunday is 7. */
export type Weekday = 1 | 2 | 3 | 4 | 5 | 6 | 7;
export const weekdays: readonly Weekday[] = [1, 2, 3, 4, 5, 6, 7];
export const WEEK = 7 * DAY;
/** What dragging and the arrow keys snap to; typed times are exact. */
export const STEP = 15;

/** Hours that begin on `day`; where `from + length` passes the end of the day, they go on into the next one. */
export type Interval = { id: string; day: Weekday; from: number; length: number };
export type WireDay = { weekday: number; intervals: { from: string; to: string }[] };

let ids = 0;
/** For the screen only; the server knows intervals by their times. */
const nextId = () => `i${ids++}`;
export const interval = (day: Weekday, from: number, to: number): Interval => ({ id: nextId(), day, from, length: to > from ? to - from : to + DAY - from });

export const isWeekday = (n: number): n is Weekday => Number.isInteger(n) && n >= 1 && n <= 7;
export const dayAfter = (day: Weekday, days = 1): Weekday => ((((day - 1 + days) % 7) + 7) % 7) + 1 as Weekday;
const clamp = (n: number, low: number, high: number) => Math.max(low, Math.min(high, n));

/** Minutes from Monday 00:00. The week is a circle: after Sunday 24:00 comes Monday 00:00. */
export const startOf = (i: Interval) => (i.day - 1) * DAY + i.from;
const ahead = (from: number, to: number) => (((to - from) % WEEK) + WEEK) % WEEK;

/** The time of day at which it ends: 24:00 where the day does, and a morning's time where it goes past midnight. */
export const endOf = (i: Interval) => (i.from + i.length <= DAY ? i.from + i.length : i.from + i.length - DAY);
export const crosses = (i: Interval) => i.from + i.length > DAY;

const inOrder = (a: Interval, b: Interval) => a.day - b.day || a.from - b.from || a.length - b.length;
export const sorted = (all: readonly Interval[]) => [...all].sort(inOrder);
const replaced = (all: readonly Interval[], next: Interval) => sorted(all.map((i) => (i.id === next.id ? next : i)));

const minuteOf = (text: string) => {
  const [hours = 0, minutes = 0] = text.split(':').map(Number);
  return hours * 60 + minutes;
};

export function fromWire(week: readonly WireDay[]): Interval[] {
  const all = week.flatMap(({ weekday, intervals }) =>
    isWeekday(weekday) ? intervals.map(({ from, to }) => interval(weekday, minuteOf(from), minuteOf(to) || DAY)) : [],
  );
  return sorted(all);
}

/** What is sent, and which interval stands where in it, so that the server's pointers lead back. */
export function toWire(all: readonly Interval[]): { week: WireDay[]; ids: string[][] } {
  const days = weekdays.map((weekday) => ({ weekday, intervals: sorted(all.filter((i) => i.day === weekday)) }));
  return {
    week: days.map(({ weekday, intervals }) => ({ weekday, intervals: intervals.map((i) => ({ from: showTime(i.from), to: showTime(endOf(i)) })) })),
    ids: days.map(({ intervals }) => intervals.map((i) => i.id)),
  };
}

export const sameWeek = (a: readonly Interval[], b: readonly Interval[]) => JSON.stringify(toWire(a).week) === JSON.stringify(toWire(b).week);

/** Those that share a minute with another one, also across midnight and across the end of the week. */
export function overlapping(all: readonly Interval[]): Set<string> {
  const found = new Set<string>();
  all.forEach((a, n) => {
    for (const b of all.slice(n + 1)) {
      if (ahead(startOf(a), startOf(b)) < a.length || ahead(startOf(b), startOf(a)) < b.length) found.add(a.id).add(b.id);
    }
  });
  return found;
}

/** The free stretches between the others, from one's end to the next one's beginning. */
function gaps(others: readonly Interval[]): { start: number; length: number }[] {
  if (others.length === 0) return [{ start: 0, length: WEEK }];
  const list = [...others].sort((a, b) => startOf(a) - startOf(b));
  return list.map((i, n) => {
    const start = (startOf(i) + i.length) % WEEK;
    const length = list.length === 1 ? WEEK - i.length : ahead(startOf(i), startOf(list[(n + 1) % list.length]!)) - i.length;
    return { start, length: Math.max(0, length) };
  });
}

/**
 * Moves an interval to a day and time, or as near to it on that day as there is room. Undefined when there is none:
 * it stays where it was, and never runs into another.
 */
export function place(all: readonly Interval[], id: string, day: Weekday, from: number): Interval[] | undefined {
  const moving = all.find((i) => i.id === id);
  if (!moving) return undefined;
  const others = all.filter((i) => i.id !== id);
  const wanted = clamp(from, 0, DAY - STEP);
  let best: number | undefined;
  const consider = (at: number) => {
    if (at >= 0 && at < DAY && (best === undefined || Math.abs(at - wanted) < Math.abs(best - wanted))) best = at;
  };
  const midnight = (day - 1) * DAY;
  for (const gap of gaps(others)) {
    if (gap.length < moving.length) continue;
    if (gap.length === WEEK) consider(wanted);
    const room = gap.length - moving.length;
    const offset = ahead(gap.start, midnight + wanted);
    if (offset <= room) consider(wanted);
    // either end of the room, where that lies on the same day
    for (const edge of [gap.start, gap.start + room]) {
      const at = ahead(midnight, edge % WEEK);
      if (at < DAY) consider(at);
    }
  }
  return best === undefined ? undefined : replaced(all, { ...moving, day, from: best });
}

/** Moves one end to `minute` of the interval's own day (past 24:00: of the next), stopping at what is in the way. */
export function resize(all: readonly Interval[], id: string, edge: 'from' | 'to', minute: number): Interval[] {
  const own = all.find((i) => i.id === id);
  if (!own) return [...all];
  const others = all.filter((i) => i.id !== id);
  if (edge === 'to') {
    const room = Math.min(DAY, ...others.map((o) => ahead(startOf(own), startOf(o))).filter((distance) => distance > 0));
    const length = clamp(minute - own.from, Math.min(STEP, room), room);
    return replaced(all, { ...own, length });
  }
  const end = own.from + own.length;
  const room = Math.min(...others.map((o) => ahead((startOf(o) + o.length) % WEEK, (startOf(own) + own.length) % WEEK)), DAY);
  const from = clamp(minute, Math.max(0, end - room), Math.min(end - STEP, DAY - 1));
  return replaced(all, { ...own, from, length: end - from });
}

/** Draws a new interval between two minutes of a day, no further than its neighbours. `id`: of the same one, drawn on. */
export function draw(all: readonly Interval[], day: Weekday, a: number, b: number, id?: string): { all: Interval[]; id: string } | undefined {
  const anchor = clamp(Math.min(a, DAY - 1), 0, DAY - 1);
  const free = freeAround(all, day, anchor);
  if (!free) return undefined;
  const from = clamp(Math.min(a, b), free.from, free.to);
  const to = clamp(Math.max(a, b), free.from, free.to);
  if (to <= from) return undefined;
  const made = { ...interval(day, from, to), ...(id ? { id } : {}) };
  return { all: sorted([...all, made]), id: made.id };
}

/** The free stretch of a day around a minute, if that minute is free. */
export function freeAround(all: readonly Interval[], day: Weekday, minute: number): { from: number; to: number } | undefined {
  let [from, to] = [0, DAY];
  for (const piece of pieces(all).filter((p) => p.day === day)) {
    if (piece.from <= minute && minute < piece.to) return undefined;
    if (piece.to <= minute) from = Math.max(from, piece.to);
    else to = Math.min(to, piece.from);
  }
  return { from, to };
}

export type Piece = { interval: Interval; day: Weekday; from: number; to: number; part: 'whole' | 'head' | 'tail' };

/** How it is drawn: hours past midnight are two pieces, the second on the next day (after Sunday on Monday). */
export const pieces = (all: readonly Interval[]): Piece[] =>
  all.flatMap((i): Piece[] => {
    const { day, from } = i;
    if (!crosses(i)) return [{ interval: i, day, from, to: from + i.length, part: 'whole' }];
    return [
      { interval: i, day, from, to: DAY, part: 'head' },
      { interval: i, day: dayAfter(day), from: 0, to: endOf(i), part: 'tail' },
    ];
  });

/** Hours to begin with when somebody asks for more on a day: a working day, then an evening after a break, then what is free. */
export function propose(all: readonly Interval[], day: Weekday): Interval | undefined {
  const taken = pieces(all).filter((p) => p.day === day);
  const fits = (from: number, to: number) => taken.every((p) => to <= p.from || p.to <= from);
  if (fits(9 * 60, 17 * 60)) return interval(day, 9 * 60, 17 * 60);
  const last = Math.max(...taken.map((p) => p.to));
  const from = Math.min(last + 60, DAY);
  if (DAY - from >= 60) return interval(day, from, Math.min(from + 4 * 60, DAY));
  const free = [0, ...taken.map((p) => p.to)].map((start) => freeAround(all, day, start)).filter((f) => f !== undefined);
  const widest = free.sort((a, b) => b.to - b.from - (a.to - a.from))[0];
  return widest && widest.to - widest.from >= STEP ? interval(day, widest.from, widest.to) : undefined;
}

export const clearDay = (all: readonly Interval[], day: Weekday) => all.filter((i) => i.day !== day);

/** The hours of one day instead of those of the others. */
export function copyDay(all: readonly Interval[], from: Weekday, to: readonly Weekday[]): Interval[] {
  const targets = to.filter((day) => day !== from);
  const pattern = all.filter((i) => i.day === from);
  return sorted([...all.filter((i) => !targets.includes(i.day)), ...targets.flatMap((day) => pattern.map((i) => ({ ...i, id: nextId(), day })))]);
}

/** The next step of the grid in a direction, also from a time that is not on it: 09:10 goes to 09:15 or 09:00. */
export const stepped = (minute: number, steps: number) =>
  steps > 0 ? Math.floor(minute / STEP) * STEP + steps * STEP : Math.ceil(minute / STEP) * STEP + steps * STEP;

export const snapped = (minute: number) => Math.round(minute / STEP) * STEP;

export const minutesOn = (all: readonly Interval[], day: Weekday) => all.filter((i) => i.day === day).reduce((sum, i) => sum + i.length, 0);
export const minutesIn = (all: readonly Interval[]) => all.reduce((sum, i) => sum + i.length, 0);

/** The days in the order of a week that begins with `first`. */
export const weekFrom = (first: Weekday): Weekday[] => weekdays.map((_, n) => dayAfter(first, n));

/** Countries where the browser does not know: Sunday in Saudi Arabia, Monday by ISO elsewhere. */
const SUNDAY_FIRST = ['SA', 'US', 'CA', 'IN', 'JP', 'JO', 'YE', 'OM', 'IL', 'BR', 'MX', 'ZA'];
const SATURDAY_FIRST = ['AF', 'BH', 'DZ', 'EG', 'IQ', 'IR', 'KW', 'LY', 'QA', 'SD', 'SY'];

type WithWeek = Intl.Locale & { getWeekInfo?: () => { firstDay: number }; weekInfo?: { firstDay: number } };

/** The day on which weeks begin where the practice is, whatever the language on screen. */
export function firstWeekday(country: string): Weekday {
  let known: number | undefined;
  try {
    const locale = new Intl.Locale('und', { region: country }) as WithWeek;
    known = (locale.getWeekInfo?.() ?? locale.weekInfo)?.firstDay;
  } catch {
    known = undefined;
  }
  if (known !== undefined && isWeekday(known)) return known;
  return SUNDAY_FIRST.includes(country) ? 7 : SATURDAY_FIRST.includes(country) ? 6 : 1;
}
