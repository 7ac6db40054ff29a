import { useLang } from '@/shared/i18n';
import { formatDateTime } from '@/shared/i18n/format';

/** Practices lie in many zones, so the console has one of its own and says which. */
export function useWhen() {
  const { t, lang } = useLang();
  return (at: string | null | undefined) => (at ? t('console.utc', { time: formatDateTime(lang, 'UTC', at) }) : undefined);
}

export function useNumber() {
  const { lang } = useLang();
  const number = new Intl.NumberFormat(lang === 'ar' ? 'ar-SA-u-nu-latn' : 'en-GB', { maximumFractionDigits: 1 });
  const bytes = (unit: string, value: number) =>
    new Intl.NumberFormat(lang === 'ar' ? 'ar-SA-u-nu-latn' : 'en-GB', { style: 'unit', unit, maximumFractionDigits: 1 }).format(value);
  return {
    number: (value: number) => number.format(value),
    size: (value: number) => (value < 1_000_000 ? bytes('kilobyte', value / 1_000) : value < 1e9 ? bytes('megabyte', value / 1e6) : bytes('gigabyte', value / 1e9)),
    seconds: (value: number) => bytes('second', value),
    megabytes: (value: number) => bytes('megabyte', value),
    milliseconds: (value: number) => bytes('millisecond', value),
  };
}
