import { instantIn } from '@/shared/zoned';
import type { Appointment, Item, ProviderHours, Status } from '../api';
import { addSeconds, dayOfWall, wallOf } from './days';
import { minutesOf, type Move } from '../moved';

/** What columns stand for. */
export type By = 'provider' | 'room' | 'day';
/** From when until when, as the clock on the wall shows it. */
export type Stretch = { from: string; to: string };
/** Where something was dropped: out of one column, into another, and how far in time. */
export type Drop = { from: string | undefined; to: string | undefined; seconds: number };

/** The column of those without a room. */
export const NOWHERE = 'nowhere';

/** Ended one way or another: it stays where it was. */
const fixed: readonly Status[] = ['completed', 'cancelled', 'no_show'];
export const isFixed = (status: Status) => fixed.includes(status);

/** In which columns it stands. */
export function columnsOf(item: Pick<Item, 'providerIds' | 'roomIds'>, by: By): string[] {
  if (by === 'provider') return item.providerIds;
  if (by === 'room') return item.roomIds.length ? item.roomIds : [NOWHERE];
  return [];
}

/** The list with one in place of another; nobody is in it twice. */
export function replaced(ids: string[], from: string, to: string): string[] {
  if (from === NOWHERE) return to === NOWHERE ? ids : [...new Set([...ids, to])];
  if (to === NOWHERE) return ids.filter((id) => id !== from);
  return [...new Set(ids.map((id) => (id === from ? to : id)))];
}

/** What a drop asks of the server; nothing when it fell back to where it was. */
export function moveOf(item: Appointment, by: By, { from, to, seconds }: Drop): Move | undefined {
  const elsewhere = from !== undefined && to !== undefined && from !== to;
  if (!seconds && !elsewhere) return undefined;
  const wall = addSeconds(wallOf(item.timeZone, item.start), seconds);
  return {
    version: item.version,
    ...(seconds ? { start: instantIn(item.timeZone, wall) } : {}),
    ...(elsewhere && by === 'provider' ? { providerIds: replaced(item.providerIds, from, to) } : {}),
    ...(elsewhere && by === 'room' ? { roomIds: replaced(item.roomIds, from, to) } : {}),
  };
}

const MINUTE_S = 60;

/** What pulling at the end asks of the server. */
export function resizeOf(item: Appointment, seconds: number): Move | undefined {
  const durationMinutes = minutesOf(item) + Math.round(seconds / MINUTE_S);
  return seconds && durationMinutes > 0 ? { version: item.version, durationMinutes } : undefined;
}

const DAY_END = 'T24:00:00';
const HOUR = 13;
const EARLY = '08';
const LATE = '18';
const hourOf = (wall: string) => wall.slice(11, HOUR);
const next = (hour: string) => String(Math.min(24, Number(hour) + 1)).padStart(2, '0');

/** From which whole hour until which one a board must reach to show all of it: `['08', '18']`. */
export function hoursShown(stretches: Stretch[]): [string, string] {
  if (!stretches.length) return [EARLY, LATE];
  // what lasts past midnight takes the evening before and the morning after
  const firsts = stretches.map(({ from, to }) => (dayOfWall(to) > dayOfWall(from) && !to.endsWith('T00:00:00') ? '00' : hourOf(from)));
  const lasts = stretches.map(({ from, to }) => (dayOfWall(to) > dayOfWall(from) ? '24' : to.slice(14, 16) === '00' ? hourOf(to) : next(hourOf(to))));
  return [firsts.reduce((a, b) => (a < b ? a : b)), lasts.reduce((a, b) => (a > b ? a : b))];
}

/** What remains of a day outside of these stretches, which may overlap. */
export function closedOn(day: string, open: Stretch[]): Stretch[] {
  const [start, end] = [`${day}T00:00:00`, `${day}${DAY_END}`];
  const closed: Stretch[] = [];
  let at = start;
  for (const { from, to } of [...open].sort((a, b) => (a.from < b.from ? -1 : 1))) {
    if (to <= start || from >= end) continue;
    if (from > at) closed.push({ from: at, to: from });
    if (to > at) at = to;
  }
  if (at < end) closed.push({ from: at, to: end });
  return closed;
}

/** Working hours by provider, as the clock on the wall shows them. */
export const openOf = (hours: ProviderHours[], timeZone: string): Map<string, Stretch[]> =>
  new Map(hours.map(({ providerId, open }) => [providerId, open.map(({ start, end }) => ({ from: wallOf(timeZone, start), to: wallOf(timeZone, end) }))]));

/** Everybody who has a column: who can be booked here, and whoever has something here nevertheless. */
export const providersOf = (hours: ProviderHours[], items: Item[]): string[] => [
  ...new Set([...hours.map((h) => h.providerId), ...items.flatMap((item) => item.providerIds)]),
];
