import { ActionIcon, Badge, Button, Skeleton, Title, UnstyledButton } from '@mantine/core';
import { IconCalendarX, IconChevronLeft, IconChevronRight, IconPlus } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { useCan, useSession } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { formatDay, formatMonth, todayIn } from '@/shared/i18n/format';
import { hijriText } from '@/shared/i18n/hijri';
import { Gate } from '@/shared/ui/Gate';
import { Empty, Failed, PageHeader } from '@/shared/ui/Page';
import { onRowKeys } from '@/shared/ui/rowKeys';
import { useShortcuts } from '@/shared/ui/shortcuts';
import { localName, otherName } from '@/shared/names';
import { type Return, yearQuery } from './api';
import classes from './ClosingDaysPage.module.css';
import { byMonth } from './draft';
import { type ClosingSearch, years } from './search';
import { Estimated, Suggestions } from './Suggestions';

const ClosingDayDrawer = lazy(() => import('./ClosingDayDrawer').then((m) => ({ default: m.ClosingDayDrawer })));
const route = getRouteApi('/inside/settings/closing-days');

export function ClosingDaysPage() {
  return (
    <Gate title="closing.title" needs="hours.read">
      <ClosingDays />
    </Gate>
  );
}

function ClosingDays() {
  const { t, lang } = useLang();
  const { practice } = useSession();
  const canWrite = useCan()('hours.write');
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const today = todayIn(practice.timeZone, new Date());
  const thisYear = Number(today.slice(0, 4));
  const { year = thisYear } = search;
  const days = useQuery({ ...yearQuery(year), placeholderData: keepPreviousData });
  const go = (next: Partial<ClosingSearch>, replace = false) => void navigate({ search: (now) => ({ ...now, ...next }), replace });
  const toYear = (to: number) => go({ year: to === thisYear ? undefined : to }, true);
  const openNew = () => go({ new: true });
  useShortcuts([
    ...(canWrite ? [{ key: 'n', label: 'closing.new' as const, run: openNew }] : []),
    { key: 'j', label: 'closing.earlier', run: () => toYear(Math.max(years.first, year - 1)) },
    { key: 'k', label: 'closing.later', run: () => toYear(Math.min(years.last, year + 1)) },
  ]);

  const add = canWrite ? (
    <Button leftSection={<IconPlus size={16} />} onClick={openNew}>
      {t('closing.new')}
    </Button>
  ) : null;

  return (
    <>
      <PageHeader title={t('closing.title')} sub={days.data ? t('closing.count', { count: days.data.length }) : <Skeleton h={14} w={90} mt={4} />} actions={add} />
      <div className={classes.columns}>
        <section className={classes.card} aria-label={String(year)}>
          <div className={classes.year}>
            <ActionIcon variant="default" size={36} aria-label={t('closing.earlier')} disabled={year <= years.first} onClick={() => toYear(year - 1)}>
              <IconChevronLeft size={18} className={classes.turn} />
            </ActionIcon>
            <Title order={2} className="tnum" aria-live="polite">
              {year}
            </Title>
            <ActionIcon variant="default" size={36} aria-label={t('closing.later')} disabled={year >= years.last} onClick={() => toYear(year + 1)}>
              <IconChevronRight size={18} className={classes.turn} />
            </ActionIcon>
            {year === thisYear ? null : (
              <Button variant="subtle" size="xs" onClick={() => toYear(thisYear)}>
                {t('closing.thisYear')}
              </Button>
            )}
          </div>
          {days.isError && !days.data ? (
            <Failed error={days.error} retry={() => void days.refetch()} />
          ) : days.data?.length === 0 ? (
            <Empty icon={<IconCalendarX size={26} stroke={1.6} />} title={t('closing.empty', { year })} text={t('closing.emptyText')} action={add} />
          ) : (
            <div onKeyDown={onRowKeys} aria-busy={!days.data}>
              {days.data
                ? byMonth(days.data).map(([month, of]) => (
                    <div key={month} role="group" aria-label={formatMonth(lang, `${month}-01`)} className={classes.month}>
                      <div className={classes.monthName} aria-hidden>
                        {formatMonth(lang, `${month}-01`)}
                      </div>
                      <ul className={classes.days}>
                        {of.map((day) => (
                          <li key={`${day.id} ${day.date}`}>
                            <Day day={day} past={day.date < today} onOpen={() => go({ open: day.id, at: day.movedFrom ?? day.date })} />
                          </li>
                        ))}
                      </ul>
                    </div>
                  ))
                : Array.from({ length: 5 }, (_, n) => <Skeleton key={n} h={48} m={12} />)}
            </div>
          )}
        </section>
        {canWrite ? <Suggestions year={year} /> : null}
      </div>
      <Suspense>
        {search.open ? (
          <ClosingDayDrawer id={search.open} at={search.at} today={today} onClose={() => go({ open: undefined, at: undefined })} />
        ) : search.new && canWrite ? (
          <ClosingDayDrawer today={year === thisYear ? today : `${year}-01-01`} onClose={() => go({ new: undefined })} />
        ) : null}
      </Suspense>
    </>
  );
}

function Day({ day, past, onOpen }: { day: Return; past: boolean; onOpen: () => void }) {
  const { t, lang } = useLang();
  const other = otherName(day, lang);
  return (
    <UnstyledButton data-row className={classes.day} data-past={past || undefined} onClick={onOpen}>
      <span className={classes.names}>
        <b>
          <bdi>{localName(day, lang)}</bdi>
        </b>
        {other ? (
          <span className={classes.dim}>
            <bdi>{other}</bdi>
          </span>
        ) : null}
      </span>
      <span className={classes.when}>
        <span className="tnum">{formatDay(lang, day.date)}</span>
        <span className={classes.dim}>{hijriText(lang, day.hijri)}</span>
      </span>
      <span className={classes.marks}>
        {day.estimated ? <Estimated /> : null}
        {day.movedFrom ? (
          <Badge radius="sm" className={classes.mark}>
            {t('closing.confirmed')}
          </Badge>
        ) : null}
        <Badge radius="sm" className={classes.mark}>
          {t(`closing.source.${day.source}`)}
        </Badge>
      </span>
    </UnstyledButton>
  );
}
