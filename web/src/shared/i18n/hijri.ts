import type { Lang } from './index';

const names = new Map<Lang, Map<number, string>>();

/** Names of the Hijri months by their number, as the browser knows them. */
function monthNames(lang: Lang): Map<number, string> {
  const known = names.get(lang);
  if (known) return known;
  const locale = lang === 'ar' ? 'ar-SA' : 'en-GB';
  const format = (month: 'numeric' | 'long') => new Intl.DateTimeFormat(`${locale}-u-ca-islamic-umalqura-nu-latn`, { timeZone: 'UTC', month });
  const [number, name] = [format('numeric'), format('long')];
  const found = new Map<number, string>();
  // a Hijri month has 29 or 30 days, so that steps of 20 meet each of them
  for (let day = 0; day < 400; day += 20) {
    const at = Date.UTC(2024, 0, 1 + day);
    found.set(Number(number.format(at).replace(/\D/g, '')), name.format(at));
  }
  names.set(lang, found);
  return found;
}

/** A Hijri day as the server has it, `1448-10-01`, in words: `1 Shawwal 1448`. */
export function hijriText(lang: Lang, day: string, { year = true } = {}) {
  const [y, m, d] = day.split('-').map(Number);
  const month = monthNames(lang).get(m ?? 0);
  if (!month) return day;
  return [d, month, year ? y : undefined].filter((part) => part !== undefined).join(' ');
}
