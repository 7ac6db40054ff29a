import { daysAfter, daysBetween } from '@/shared/days';
import { dayIn } from '@/shared/zoned';
import { byDay } from '../book/days';

export const WEEK = 7;
/** As many days as are asked for at once; the server answers 31. */
const WINDOW = 4 * WEEK;

/** The first day of the week that shows a day, counted from today. */
export const weekOf = (today: string, day: string) => daysAfter(today, Math.max(0, Math.floor(daysBetween(today, day) / WEEK)) * WEEK);

/** The days to ask for, so that weeks near each other come in one answer. */
export function windowOf(today: string, week: string): { from: string; to: string } {
  const from = daysAfter(today, Math.floor(daysBetween(today, week) / WINDOW) * WINDOW);
  return { from, to: daysAfter(from, WINDOW - 1) };
}

type Time = { start: string; end: string };
export type Day = { day: string; times: Time[] };

export const weekFrom = (times: readonly Time[], zone: string, week: string): Day[] =>
  byDay(times.map((time) => ({ ...time, providerIds: [] })), zone, week, WEEK).map(({ day, slots }) => ({ day, times: slots }));

/** The first day from here on with something free. */
export const firstFree = (times: readonly Time[], zone: string, from: string) => {
  const found = times.find((time) => dayIn(zone, time.start) >= from);
  return found && dayIn(zone, found.start);
};
