import { daysAfter } from '@/shared/days';
import { dayIn } from '@/shared/zoned';
import type { Slot } from '../api';

/** So many days, each with what is free on it. */
export function byDay(slots: readonly Slot[], timeZone: string, from: string, days: number): { day: string; slots: Slot[] }[] {
  const groups = new Map(Array.from({ length: days }, (_, n) => [daysAfter(from, n), [] as Slot[]]));
  for (const slot of slots) groups.get(dayIn(timeZone, slot.start))?.push(slot);
  return [...groups].map(([day, own]) => ({ day, slots: own }));
}
