import { useLang } from '@/shared/i18n';
import { formatNumber } from '@/shared/i18n/format';
import type { Step } from '../definition';
import type { Words } from '../useWords';
import { errorText } from './errorText';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How long something took, and what went wrong with it. */
export function useRunWords() {
  const { t, lang, lookup } = useLang();
  /** `340` → 340 ms, `4200` → 4.2 s, and longer ones in minutes, hours or days. */
  const length = (ms: number): string => {
    if (ms < SECOND) return t('workflows.ms', { n: formatNumber(lang, Math.round(ms)) });
    if (ms < MINUTE) return t('workflows.s', { n: formatNumber(lang, Math.round(ms / 100) / 10) });
    if (ms < HOUR) return t('unit.minutes', { count: Math.round(ms / MINUTE) });
    if (ms >= DAY) return t('unit.days', { count: Math.round(ms / DAY) });
    return t('unit.hm', { hours: Math.floor(ms / HOUR), minutes: Math.round((ms % HOUR) / MINUTE) });
  };
  return {
    length,
    took: ({ startedAt, endedAt }: { startedAt: string; endedAt?: string | null }) => (endedAt ? length(Date.parse(endedAt) - Date.parse(startedAt)) : undefined),
    errorText: (error: { code: string; message: string }, step?: Step, words?: Words) => errorText({ t, lookup }, error, step, words),
  };
}
