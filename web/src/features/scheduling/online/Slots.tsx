import { ActionIcon, Button, Skeleton, VisuallyHidden } from '@mantine/core';
import { IconChevronLeft, IconChevronRight, IconWorld } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { daysAfter, weekdayOf } from '@/shared/days';
import { useLang } from '@/shared/i18n';
import { formatDay, formatDayLong, formatTime, timeZoneName, todayIn, weekdayName } from '@/shared/i18n/format';
import { Failed } from '@/shared/ui/Page';
import { rove } from '@/shared/ui/rove';
import { isElsewhere } from '@/shared/zoned';
import { timesQuery, type Wish } from './api';
import classes from './Online.module.css';
import { firstFree, WEEK, weekFrom, weekOf, windowOf } from './times';

type Props = { wish: Wish; zone: string; day: string | undefined; onDay: (day: string) => void; onChoose: (start: string) => void };

/** Days with what is free on them, in the zone of the place. */
export function Slots({ wish, zone, day, onDay, onChoose }: Props) {
  const { t, lang } = useLang();
  const today = todayIn(zone, new Date());
  const first = useQuery(timesQuery(wish, windowOf(today, today).from, windowOf(today, today).to));
  const shown = day && day >= today ? day : ((first.data && firstFree(first.data.items, zone, today)) ?? today);
  const week = weekOf(today, shown);
  const asked = windowOf(today, week);
  const times = useQuery(timesQuery(wish, asked.from, asked.to));
  const days = times.data && weekFrom(times.data.items, zone, week);
  const free = days?.find((one) => one.day === shown)?.times;
  const next = times.data && firstFree(times.data.items, zone, daysAfter(shown, 1));
  const last = times.data?.lastDay;
  const turn = (by: number) => {
    const to = daysAfter(week, by);
    onDay((times.data && weekFrom(times.data.items, zone, to).find((one) => one.times.length)?.day) ?? to);
  };
  if (times.error) return <Failed error={times.error} retry={() => void times.refetch()} />;
  return (
    <section className={classes.when} aria-label={t('online.when')}>
      <h2>{t('online.when')}</h2>
      <div className={classes.strip}>
        <ActionIcon variant="subtle" color="gray" size={36} className={classes.turn ?? ''} aria-label={t('online.earlier')} disabled={week <= today} onClick={() => turn(-WEEK)}>
          <IconChevronLeft size={20} stroke={1.8} />
        </ActionIcon>
        <div role="group" aria-label={t('online.days')} className={classes.days} onKeyDown={rove}>
          {(days ?? Array.from({ length: WEEK }, (_, n) => ({ day: daysAfter(week, n), times: undefined }))).map((one) => (
            <button key={one.day} type="button" data-rove tabIndex={one.day === shown ? 0 : -1} aria-pressed={one.day === shown} data-none={one.times?.length === 0 || undefined} className={classes.day} onClick={() => onDay(one.day)}>
              <small aria-hidden>{weekdayName(lang, weekdayOf(one.day), 'short')}</small>
              <b aria-hidden className="tnum">
                {Number(one.day.slice(-2))}
              </b>
              <VisuallyHidden>{[formatDay(lang, one.day), one.times ? t('online.freeTimes', { count: one.times.length }) : ''].join(': ')}</VisuallyHidden>
            </button>
          ))}
        </div>
        <ActionIcon variant="subtle" color="gray" size={36} className={classes.turn ?? ''} aria-label={t('online.later')} disabled={!!last && daysAfter(week, WEEK) > last} onClick={() => turn(WEEK)}>
          <IconChevronRight size={20} stroke={1.8} />
        </ActionIcon>
      </div>
      <h3 aria-live="polite">{formatDayLong(lang, shown)}</h3>
      {!free ? (
        <Skeleton h={92} radius={10} />
      ) : free.length ? (
        <div role="group" aria-label={formatDayLong(lang, shown)} className={classes.chips} onKeyDown={rove}>
          {free.map((time, n) => (
            <button key={time.start} type="button" data-rove data-start={time.start} tabIndex={n === 0 ? 0 : -1} className={`${classes.chip} tnum`} onClick={() => onChoose(time.start)}>
              {formatTime(lang, zone, time.start)}
            </button>
          ))}
        </div>
      ) : (
        <p className={classes.hint} role="status">
          {t('online.nothingThen')}{' '}
          {next ? (
            <Button size="compact-md" variant="light" onClick={() => onDay(next)}>
              {t('online.nextFree', { day: formatDay(lang, next) })}
            </Button>
          ) : null}
        </p>
      )}
      {isElsewhere(zone, free?.[0]?.start ?? new Date()) ? (
        <p className={classes.zone}>
          <IconWorld size={16} stroke={1.7} aria-hidden /> {t('online.inZone', { zone: timeZoneName(lang, zone) })}
        </p>
      ) : null}
    </section>
  );
}
