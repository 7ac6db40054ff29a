import { localIn } from '@/shared/zoned';
import type { Slot } from '../api';

const DAY_MS = 86_400_000;

/** A day of the calendar so many days later. */
export const daysAfter = (day: string, days: number) => new Date(Date.parse(`${day}T12:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);

/** 1 is Monday, 7 is Sunday. */
export const isoWeekday = (day: string) => new Date(`${day}T12:00:00Z`).getUTCDay() || 7;

const DAY_LENGTH = 'yyyy-mm-dd'.length;
/** The day that it is in a zone at an instant. */
export const dayIn = (timeZone: string, at: string | Date) => localIn(timeZone, at).slice(0, DAY_LENGTH);

/** So many days, each with what is free on it. */
export function byDay(slots: readonly Slot[], timeZone: string, from: string, days: number): { day: string; slots: Slot[] }[] {
  const groups = new Map(Array.from({ length: days }, (_, n) => [daysAfter(from, n), [] as Slot[]]));
  for (const slot of slots) groups.get(dayIn(timeZone, slot.start))?.push(slot);
  return [...groups].map(([day, own]) => ({ day, slots: own }));
}
