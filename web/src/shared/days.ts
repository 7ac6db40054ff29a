// Days of the calendar, written `2026-03-01`. They are counted from noon to noon in UTC, where every day has 24 hours, so
// that neither the browser's zone nor summer time has a say.

const DAY_MS = 86_400_000;
const DAY_CHARS = 10;
const SUNDAY = 7;
const noonOf = (day: string) => Date.parse(`${day}T12:00:00Z`);

/** The day so many days later. */
export const daysAfter = (day: string, days: number) => new Date(noonOf(day) + days * DAY_MS).toISOString().slice(0, DAY_CHARS);

/** How many days it is from one to the other; positive when the second is later. */
export const daysBetween = (first: string, second: string) => Math.round((noonOf(second) - noonOf(first)) / DAY_MS);

/** Monday is 1, Sunday is 7. */
export const weekdayOf = (day: string) => new Date(noonOf(day)).getUTCDay() || SUNDAY;
