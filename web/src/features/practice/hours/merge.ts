import { type Interval, sameWeek, sorted, type Weekday, weekdays } from './week';

export const onDay = (all: readonly Interval[], day: Weekday) => all.filter((i) => i.day === day);

/** The days whose hours differ. */
export const changedDays = (a: readonly Interval[], b: readonly Interval[]) => weekdays.filter((day) => !sameWeek(onDay(a, day), onDay(b, day)));

/**
 * Brings somebody else's newer week into a half-edited one, day by day. A day that only I changed keeps my hours; one
 * that they changed takes theirs; where both did, differently, `mine` has what I had drawn.
 */
export function mergeWeek(base: readonly Interval[], mine: readonly Interval[], theirs: readonly Interval[]) {
  const taken = changedDays(base, theirs);
  const kept = mine.filter((i) => !taken.includes(i.day));
  const lost = changedDays(base, mine).filter((day) => taken.includes(day) && !sameWeek(onDay(mine, day), onDay(theirs, day)));
  return { merged: sorted([...kept, ...theirs.filter((i) => taken.includes(i.day))]), mine: new Map(lost.map((day) => [day, onDay(mine, day)])) };
}
