import type { Lang, T } from '@/shared/i18n';
import { weekdayName } from '@/shared/i18n/format';
import { showTime } from './time';
import { crosses, dayAfter, endOf, type Interval } from './week';

/** `09:00 – 12:00`; to be put into a `bdi.ltr`. */
export const rangeOf = (i: Interval) => `${showTime(i.from)} – ${showTime(endOf(i))}`;

/** One interval in words, for those who hear it; with the range as it is seen, for those who say it. */
export function spoken(t: T, lang: Lang, i: Interval) {
  const words = { day: weekdayName(lang, i.day), range: rangeOf(i) };
  return crosses(i) ? t('hours.intervalPast', { ...words, next: weekdayName(lang, dayAfter(i.day)) }) : t('hours.interval', words);
}

/** `7 h`, `7 h 30 min`: short, for the head of a column. */
export function duration(t: T, total: number) {
  const [hours, minutes] = [Math.floor(total / 60), total % 60];
  return t(minutes === 0 ? 'unit.h' : hours === 0 ? 'unit.m' : 'unit.hm', { hours, minutes });
}
