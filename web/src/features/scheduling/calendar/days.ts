import { daysAfter, weekdayOf } from '@/shared/days';
import { localIn } from '@/shared/zoned';

// Days are written `2026-03-01`, and what a clock on the wall shows `2026-03-01T12:30:00`. Both are counted in UTC, where
// every day has 24 hours, so that neither the browser's zone nor summer time has a say.

const WEEK = 7;
/** A month is shown in so many weeks, whichever it is: nothing jumps on the way to the next. */
const WEEKS = 6;
const DAY_CHARS = 10;

/** The same day of another month, or its last day where it has fewer. */
export function shiftMonth(day: string, months: number): string {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  const last = new Date(Date.UTC(year, month + months, 0)).getUTCDate();
  return new Date(Date.UTC(year, month - 1 + months, Math.min(date, last))).toISOString().slice(0, DAY_CHARS);
}

/** The first day of the week that it is in, where weeks begin on `first`. */
export const weekOf = (day: string, first: number) => daysAfter(day, -((weekdayOf(day) - first + WEEK) % WEEK));

export const daysFrom = (day: string, count: number) => Array.from({ length: count }, (_, n) => daysAfter(day, n));

/** Six whole weeks around a month. */
export const monthOf = (day: string, first: number) => daysFrom(weekOf(`${day.slice(0, 8)}01`, first), WEEKS * WEEK);

/** What a clock in the zone shows at an instant. */
export const wallOf = (timeZone: string, at: string) => `${localIn(timeZone, at)}:00`;

export const dayOfWall = (wall: string) => wall.slice(0, DAY_CHARS);

export const addSeconds = (wall: string, seconds: number) => new Date(Date.parse(`${wall}Z`) + seconds * 1000).toISOString().slice(0, 19);

/** `+03:00`: how far clocks in the zone are ahead at an instant. */
export function offsetOf(timeZone: string, at: Date): string {
  const minutes = Math.round((Date.parse(`${localIn(timeZone, at)}Z`) - Math.floor(at.getTime() / 60_000) * 60_000) / 60_000);
  const two = (n: number) => String(n).padStart(2, '0');
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(Math.abs(minutes) / 60))}:${two(Math.abs(minutes) % 60)}`;
}
