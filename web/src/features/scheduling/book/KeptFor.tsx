import { IconClockHour4 } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { useLang } from '@/shared/i18n';
import classes from './Book.module.css';

const MINUTE = 60_000;
const TICK_MS = 5_000;

/** The time, looked at again every so often. */
export function useNow(every: number) {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), every);
    return () => clearInterval(timer);
  }, [every]);
  return now;
}

/** For how long a time is still kept: in minutes, since nobody shall be hurried by seconds. */
export function KeptFor({ until }: { until: string }) {
  const { t } = useLang();
  const left = Date.parse(until) - useNow(TICK_MS);
  return (
    <span className={classes.kept} data-over={left <= 0 || undefined}>
      <IconClockHour4 size={15} stroke={1.8} aria-hidden />
      {left <= 0 ? t('scheduling.book.keptOver') : left < MINUTE ? t('scheduling.book.keptSoonOver') : t('scheduling.book.kept', { count: Math.floor(left / MINUTE) })}
    </span>
  );
}
