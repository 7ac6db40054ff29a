import type { Lang } from './index';

/** Gregorian calendar and Latin digits are the default in both languages. */
const tagOf = (lang: Lang) => (lang === 'ar' ? 'ar-SA-u-ca-gregory-nu-latn' : 'en-GB');

const dateFormats = new Map<string, Intl.DateTimeFormat>();
function dateFormat(lang: Lang, timeZone: string, options: Intl.DateTimeFormatOptions) {
  const key = `${lang} ${timeZone} ${JSON.stringify(options)}`;
  let format = dateFormats.get(key);
  if (!format) dateFormats.set(key, (format = new Intl.DateTimeFormat(tagOf(lang), { timeZone, ...options })));
  return format;
}

export const formatNumber = (lang: Lang, value: number) => new Intl.NumberFormat(tagOf(lang)).format(value);

/** Instants are shown in the practice's time zone, wherever the browser is. */
export const formatDate = (lang: Lang, timeZone: string, at: string | Date) =>
  dateFormat(lang, timeZone, { day: 'numeric', month: 'short', year: 'numeric' }).format(new Date(at));
export const formatLongDate = (lang: Lang, timeZone: string, at: string | Date) =>
  dateFormat(lang, timeZone, { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' }).format(new Date(at));
export const formatDateTime = (lang: Lang, timeZone: string, at: string | Date) =>
  dateFormat(lang, timeZone, { day: 'numeric', month: 'short', year: 'numeric', hour: 'numeric', minute: '2-digit' }).format(new Date(at));

export const formatTime = (lang: Lang, timeZone: string, at: string | Date) =>
  dateFormat(lang, timeZone, { hour: 'numeric', minute: '2-digit' }).format(new Date(at));

/** `09:30 – 10:15`. */
export const formatTimes = (lang: Lang, timeZone: string, from: string, to: string) =>
  dateFormat(lang, timeZone, { hour: 'numeric', minute: '2-digit' }).formatRange(new Date(from), new Date(to));

export const hourIn = (timeZone: string, at: Date) =>
  Number(new Intl.DateTimeFormat('en-GB', { timeZone, hour: 'numeric', hourCycle: 'h23' }).format(at));

/** `Asia/Riyadh` → `Arabian Standard Time`; the zone's own name where the browser knows no better. */
export function timeZoneName(lang: Lang, timeZone: string) {
  const parts = dateFormat(lang, timeZone, { timeZoneName: 'long' }).formatToParts(new Date());
  return parts.find((p) => p.type === 'timeZoneName')?.value ?? timeZone;
}

const displayNames = new Map<string, Intl.DisplayNames>();
export function displayName(lang: Lang, type: 'region' | 'currency' | 'language', code: string) {
  const key = `${lang} ${type}`;
  let names = displayNames.get(key);
  if (!names) displayNames.set(key, (names = new Intl.DisplayNames([tagOf(lang)], { type })));
  return names.of(code) ?? code;
}

export function formatMoney(lang: Lang, major: string, currency: string) {
  const format = new Intl.NumberFormat(tagOf(lang), { style: 'currency', currency, currencyDisplay: lang === 'ar' ? 'symbol' : 'code' });
  // a decimal string is formatted exactly; a number would go through floating point
  return format.format(major as Intl.StringNumericLiteral);
}

const collators = new Map<Lang, Intl.Collator>();
export function compareText(lang: Lang, a: string, b: string) {
  let collator = collators.get(lang);
  if (!collator) collators.set(lang, (collator = new Intl.Collator(tagOf(lang))));
  return collator.compare(a, b);
}

/** 1 is Monday, 7 is Sunday. */
export const weekdayName = (lang: Lang, weekday: number, width: 'long' | 'short' = 'long') =>
  // the first of January 2024 was a Monday
  dateFormat(lang, 'UTC', { weekday: width }).format(Date.UTC(2024, 0, weekday));

/** A day of the calendar, `2026-12-24`, is the same one in every zone. */
const dayOf = (day: string) => new Date(`${day}T00:00:00Z`);
export const formatDay = (lang: Lang, day: string) =>
  dateFormat(lang, 'UTC', { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' }).format(dayOf(day));
/** Without the weekday, for tables and dates long ago. */
export const formatDayShort = (lang: Lang, day: string) =>
  dateFormat(lang, 'UTC', { day: 'numeric', month: 'short', year: 'numeric' }).format(dayOf(day));
export const formatDayLong = (lang: Lang, day: string) =>
  dateFormat(lang, 'UTC', { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' }).format(dayOf(day));
export const formatDays = (lang: Lang, first: string, last: string) =>
  dateFormat(lang, 'UTC', { day: 'numeric', month: 'short', year: 'numeric' }).formatRange(dayOf(first), dayOf(last));
export const formatMonthYear = (lang: Lang, day: string) => dateFormat(lang, 'UTC', { month: 'long', year: 'numeric' }).format(dayOf(day));
/** For the heads of columns: `Sun 22`. */
export const formatWeekday = (lang: Lang, day: string) => dateFormat(lang, 'UTC', { weekday: 'short', day: 'numeric' }).format(dayOf(day));
/** A whole hour of a clock, `09:00` or `9 am`, as the language writes it. */
export const formatHour = (lang: Lang, hour: number) => dateFormat(lang, 'UTC', { hour: lang === 'ar' ? 'numeric' : '2-digit', minute: '2-digit' }).format(Date.UTC(2024, 0, 1, hour));
export const formatMonth = (lang: Lang, day: string) => dateFormat(lang, 'UTC', { month: 'long' }).format(dayOf(day));

const hijriFormats = new Map<Lang, Intl.DateTimeFormat>();
/** The same day by the calendar of Umm al-Qura: `3 Rajab 1448 AH`. */
export function formatHijri(lang: Lang, day: string) {
  let format = hijriFormats.get(lang);
  if (!format) {
    const tag = lang === 'ar' ? 'ar-SA-u-ca-islamic-umalqura-nu-latn' : 'en-GB-u-ca-islamic-umalqura';
    hijriFormats.set(lang, (format = new Intl.DateTimeFormat(tag, { timeZone: 'UTC', day: 'numeric', month: 'long', year: 'numeric' })));
  }
  return format.format(dayOf(day));
}

/** Today where the practice is. */
export const todayIn = (timeZone: string, now: Date) => new Intl.DateTimeFormat('en-CA', { timeZone }).format(now);
