import { VisuallyHidden } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { weekdayOf } from '@/shared/days';
import { useLang } from '@/shared/i18n';
import { formatDayLong, formatNumber, weekdayName } from '@/shared/i18n/format';
import { Failed } from '@/shared/ui/Page';
import { daysQuery } from '../api';
import classes from './Month.module.css';
import { monthOf } from './days';
import type { Frame } from './useFrame';

/** So many minutes fill the bar of a day: eight hours for each of three people. */
const FULL = 3 * 8 * 60;
const WEEK = 7;

/** Days in numbers, each leading to the day. */
export function Month({ frame: { date, first, today, place, days } }: { frame: Frame }) {
  const { t, lang } = useLang();
  const numbers = useQuery({ ...daysQuery({ locationId: place ?? '', ...days }), enabled: place !== null });
  if (numbers.error) return <Failed error={numbers.error} retry={() => void numbers.refetch()} />;
  const all = monthOf(date, first);
  const most = Math.max(FULL, ...(numbers.data ?? []).map((n) => n.minutes));
  const month = date.slice(0, 7);
  return (
    <div className={classes.month} data-loading={numbers.isPending || numbers.isPlaceholderData || undefined}>
      <div className={classes.heads} aria-hidden>
        {all.slice(0, WEEK).map((day) => (
          <span key={day}>{weekdayName(lang, weekdayOf(day), 'short')}</span>
        ))}
      </div>
      <ol className={classes.days}>
        {all.map((day) => {
          const { appointments = 0, lost = 0, minutes = 0 } = numbers.data?.find((n) => n.date === day) ?? {};
          const words = [formatDayLong(lang, day), t('calendar.count', { count: appointments }), ...(lost ? [t('calendar.lost', { count: lost })] : [])];
          return (
            <li key={day}>
              <Link
                to="/calendar"
                search={({ view: _, date: __, ...rest }) => ({ ...rest, ...(day === today ? {} : { date: day }) })}
                className={classes.day}
                data-day={day}
                data-other={!day.startsWith(month) || undefined}
                aria-current={day === today ? 'date' : undefined}
              >
                <VisuallyHidden>{words.join(lang === 'ar' ? '، ' : ', ')}</VisuallyHidden>
                <span className={classes.content} aria-hidden>
                  <span className={classes.number}>{formatNumber(lang, Number(day.slice(8)))}</span>
                  {appointments ? (
                    <>
                      <b className={classes.count}>{formatNumber(lang, appointments)}</b>
                      <span className={classes.words}>{t('calendar.count', { count: appointments })}</span>
                      <span className={classes.bar}>
                        <span style={{ inlineSize: `${Math.round((minutes / most) * 100)}%` }} />
                      </span>
                    </>
                  ) : null}
                  {lost ? <span className={classes.lost}>{t('calendar.lost', { count: lost })}</span> : null}
                </span>
              </Link>
            </li>
          );
        })}
      </ol>
    </div>
  );
}
