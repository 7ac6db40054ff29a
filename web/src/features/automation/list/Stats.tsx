import { Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useLang } from '@/shared/i18n';
import { formatDayShort, formatNumber, formatWeekday } from '@/shared/i18n/format';
import { statsQuery } from '../api';
import classes from './List.module.css';

/** How much runs by itself, and what does not. */
export function Stats() {
  const { t, lang } = useLang();
  const stats = useQuery(statsQuery).data;
  if (!stats) return <Skeleton h={96} className={classes.statsWaiting ?? ''} radius={12} />;
  const failing = stats.failing.length;
  return (
    <dl className={classes.stats}>
      <div>
        <dt>{t('workflows.stats.published')}</dt>
        <dd>
          {formatNumber(lang, stats.published)}
          <small>{t('workflows.stats.drafts', { count: stats.drafts })}</small>
        </dd>
      </div>
      <div className={classes.statWide}>
        <dt>{t('workflows.stats.runs')}</dt>
        <dd>
          {formatNumber(lang, stats.runs7d.reduce((sum, { begun }) => sum + begun, 0))}
          <Bars days={stats.runs7d} />
        </dd>
      </div>
      <div data-bad={failing > 0 || undefined}>
        <dt>{t('workflows.stats.failing')}</dt>
        <dd>
          {formatNumber(lang, failing)}
          {failing ? (
            <Link to="/workflows/runs" search={{ state: 'failed' }} className={classes.statLink}>
              {t('workflows.stats.see')}
            </Link>
          ) : (
            <small>{t('workflows.stats.fine')}</small>
          )}
        </dd>
      </div>
      <div>
        <dt>{t('workflows.stats.waiting')}</dt>
        <dd>
          {formatNumber(lang, stats.waiting)}
          <small>{t('workflows.stats.waitingText')}</small>
        </dd>
      </div>
    </dl>
  );
}

type Day = { day: string; begun: number; done: number; failed: number };
const HEIGHT = 40;

/** One bar for each day, the newest at the end; what failed at its foot. */
function Bars({ days }: { days: Day[] }) {
  const { t, lang } = useLang();
  const most = Math.max(1, ...days.map(({ begun }) => begun));
  const tall = (count: number) => (count ? Math.max(2, Math.round((count / most) * HEIGHT)) : 0);
  const said = days.map(({ day, done, failed }) => `${formatDayShort(lang, day)}: ${t('workflows.stats.day', { done: formatNumber(lang, done), failed: formatNumber(lang, failed) })}`);
  return (
    <span className={classes.bars} role="img" aria-label={said.join('. ')}>
      {days.map(({ day, begun, failed }, n) => (
        <span key={day} title={said[n]}>
          <i style={{ height: tall(begun - failed) }} />
          <i data-failed style={{ height: tall(failed) }} />
          <small>{formatWeekday(lang, day).replace(/[\d\s،,]+/g, '').slice(0, lang === 'ar' ? 8 : 2)}</small>
        </span>
      ))}
    </span>
  );
}
