import { daysAfter } from '@/shared/days';
import { parseTime, showTime } from '../hours/time';

/** When something begins and ends, as it is entered. Of whole days `lastDay` is the last one that belongs to it. */
export type Span = { wholeDays: boolean; firstDay: string; fromTime: string; lastDay: string; toTime: string };

const MIDNIGHT = '00:00';
const clock = (local: string) => local.slice(11, 16);
const dayOf = (local: string) => local.slice(0, 10);

/** From local times as the server has them: `2026-12-24T00:00:00` until before `2026-12-26T00:00:00` are two whole days. */
export function spanOf(from: string, to: string): Span {
  if (clock(from) === MIDNIGHT && clock(to) === MIDNIGHT) {
    return { wholeDays: true, firstDay: dayOf(from), fromTime: '', lastDay: daysAfter(dayOf(to), -1), toTime: '' };
  }
  return { wholeDays: false, firstDay: dayOf(from), fromTime: clock(from), lastDay: dayOf(to), toTime: clock(to) };
}

const isDay = (text: string) => /^\d{4}-\d{2}-\d{2}$/.test(text);

/** Back again. Undefined where a day or a time is missing or is none. */
export function localOf(span: Span): { from: string; to: string } | undefined {
  if (!isDay(span.firstDay) || !isDay(span.lastDay)) return undefined;
  if (span.wholeDays) return { from: `${span.firstDay}T00:00:00`, to: `${daysAfter(span.lastDay, 1)}T00:00:00` };
  const [from, to] = [parseTime(span.fromTime), parseTime(span.toTime)];
  if (from === undefined || from >= 24 * 60 || to === undefined) return undefined;
  const end = to === 24 * 60 ? `${daysAfter(span.lastDay, 1)}T00:00:00` : `${span.lastDay}T${showTime(to)}:00`;
  return { from: `${span.firstDay}T${showTime(from)}:00`, to: end };
}
