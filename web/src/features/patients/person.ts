import type { Lang } from '@/shared/i18n';

type Names = { givenName: string; familyName: string | null; givenNameOther: string | null; familyNameOther: string | null };

/** Ways to reach somebody that need their consent. */
export const channels = ['sms', 'email', 'calls'] as const;
export type Channel = (typeof channels)[number];

const ARABIC = /[\u0600-\u06ff]/;
const join = (...parts: (string | null)[]) => parts.filter(Boolean).join(' ');

/** The name in the script of the page where there is one, and the name in the other script for the second line. */
export function namesOf(p: Names, lang: Lang): { name: string; other: string | undefined } {
  const name = join(p.givenName, p.familyName);
  const other = join(p.givenNameOther, p.familyNameOther);
  if (!other) return { name, other: undefined };
  const swap = ARABIC.test(other) !== ARABIC.test(name) && ARABIC.test(other) === (lang === 'ar');
  return swap ? { name: other, other: name } : { name, other };
}

/** One letter for the picture: two Arabic letters would join into something else. */
export const initialsOf = (name: string) => {
  const words = name.split(/\s+/).filter(Boolean);
  return ARABIC.test(name) ? (words[0]?.[0] ?? '') : [words[0], words.length > 1 ? words.at(-1) : undefined].map((word) => word?.[0] ?? '').join('').toUpperCase();
};

export const scriptOf = (text: string): Lang => (ARABIC.test(text) ? 'ar' : 'en');

/** Whole years, and for those below two whole months, on a day of the calendar. */
export function ageOn(day: string, birthDate: string): { years: number; months: number } {
  const [y = 0, m = 0, d = 0] = birthDate.split('-').map(Number);
  const [ty = 0, tm = 0, td = 0] = day.split('-').map(Number);
  const months = Math.max(0, (ty - y) * 12 + (tm - m) - (td < d ? 1 : 0));
  return { years: Math.floor(months / 12), months };
}

const TWO_DIGITS = new Set('20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64 65 66 81 82 84 86 90 91 92 93 94 95 98'.split(' '));

/** `+966511146215` as people read it: the country, then groups with the last four together. */
export function phoneText(number: string): string {
  const digits = /^\+(\d{7,15})$/.exec(number)?.[1];
  if (!digits) return number;
  const country = /^[17]/.test(digits) ? 1 : TWO_DIGITS.has(digits.slice(0, 2)) ? 2 : 3;
  let rest = digits.slice(country);
  const groups = [rest.slice(-4)];
  for (rest = rest.slice(0, -4); rest; rest = rest.slice(0, -3)) groups.unshift(rest.slice(-3));
  return [`+${digits.slice(0, country)}`, ...groups].join(' ');
}
