import { IconHourglassHigh } from '@tabler/icons-react';
import { useLang } from '@/shared/i18n';
import { formatTime } from '@/shared/i18n/format';
import { useNow } from '../book/KeptFor';
import type { Opening } from './api';
import classes from './Countdown.module.css';

const MINUTE = 60_000;
const TICK_MS = 10_000;

/** Until when the wave under way can be answered: in minutes. */
export function Countdown({ opening }: { opening: Opening }) {
  const { t, lang } = useLang();
  const now = useNow(TICK_MS);
  const until = opening.offers.filter(({ status }) => status === 'sent').map(({ expiresAt }) => Date.parse(expiresAt));
  if (!until.length) return null;
  const minutes = Math.max(0, Math.ceil((Math.max(...until) - now) / MINUTE));
  return (
    <span className={classes.countdown} title={formatTime(lang, opening.timeZone, new Date(Math.max(...until)))}>
      <IconHourglassHigh size={15} stroke={1.8} aria-hidden />
      {t('waitlist.opening.left', { count: minutes })}
    </span>
  );
}
