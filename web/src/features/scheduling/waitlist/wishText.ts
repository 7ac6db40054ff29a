import type { Lang, T } from '@/shared/i18n';
import { formatDayShort, weekdayName } from '@/shared/i18n/format';
import type { Wish, WishWindow } from './api';

/** `Sun, Mon 08:00–12:00`. */
export function windowText(t: T, lang: Lang, { weekdays, from, to }: WishWindow): string {
  const days = weekdays.length ? weekdays.map((day) => weekdayName(lang, day, 'short')).join(lang === 'ar' ? '، ' : ', ') : t('waitlist.wish.everyDay');
  return `${days} \u2066${from}–${to}\u2069`;
}

/** When somebody could come, in one line. */
export function timesText(t: T, lang: Lang, wish: Pick<Wish, 'windows' | 'earliest' | 'latest'>): string {
  const times = wish.windows.map((window) => windowText(t, lang, window));
  const days = [wish.earliest ? t('waitlist.wish.fromDay', { day: formatDayShort(lang, wish.earliest) }) : '', wish.latest ? t('waitlist.wish.untilDay', { day: formatDayShort(lang, wish.latest) }) : ''];
  const parts = [...times, ...days].filter(Boolean);
  return parts.length ? parts.join(' · ') : t('waitlist.wish.anyTime');
}
