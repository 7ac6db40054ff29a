import type { Lang } from '@/shared/i18n';
import { formatDay, formatTime } from '@/shared/i18n/format';
import { dayIn } from '@/shared/zoned';

/** A day with its weekday, and the time, where the appointment is. */
export const whenText = (lang: Lang, zone: string, at: string) => [formatDay(lang, dayIn(zone, at)), formatTime(lang, zone, at)].join(lang === 'ar' ? '، ' : ', ');
