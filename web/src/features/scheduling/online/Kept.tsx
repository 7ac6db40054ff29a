import { IconClockHour4 } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { useLang } from '@/shared/i18n';
import classes from './Online.module.css';

const MINUTE_MS = 60_000;
const TICK_MS = 5_000;

/** For how long the time is still kept: in minutes, since nobody shall be hurried by seconds. */
export function Kept({ until }: { until: string }) {
  const { t } = useLang();
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), TICK_MS);
    return () => clearInterval(timer);
  }, []);
  const left = Date.parse(until) - now;
  return (
    <span className={classes.kept} role="timer" data-over={left <= 0 || undefined}>
      <IconClockHour4 size={15} stroke={1.8} aria-hidden />
      {left <= 0 ? t('online.keptOver') : t('online.kept', { count: Math.max(1, Math.ceil(left / MINUTE_MS)) })}
    </span>
  );
}
