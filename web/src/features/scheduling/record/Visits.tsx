import { Button, Skeleton, Title, UnstyledButton } from '@mantine/core';
import { IconCalendarEvent, IconPlus } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { useCan } from '@/shared/auth/session';
import { useLang, wantTexts } from '@/shared/i18n';
import { formatDay, formatTime } from '@/shared/i18n/format';
import { ColourDot } from '@/shared/ui/ColourField';
import { More } from '@/shared/ui/More';
import { Empty, Failed } from '@/shared/ui/Page';
import { onRowKeys } from '@/shared/ui/rowKeys';
import { dayIn } from '@/shared/zoned';
import { appointmentListQuery, type Item } from '../api';
import { StatusMark } from '../StatusMark';
import { type Names, useNames } from '../useNames';
import { useVisit } from '../visit/Visit';
import classes from './Record.module.css';

const Waits = lazy(async () => {
  const [module] = await Promise.all([import('./Waits'), wantTexts('waitlist')]);
  return { default: module.Waits };
});
const BookDrawer = lazy(() => import('../BookDrawer').then((m) => ({ default: m.BookDrawer })));

/** A patient's appointments: those ahead, and those that were. */
export function Visits({ patientId, mayBook }: { patientId: string; mayBook: boolean }) {
  const { t } = useLang();
  const can = useCan();
  const may = can('appointments.write_own') && mayBook;
  const names = useNames();
  const [now] = useState(() => Date.now());
  const [booking, setBooking] = useState(false);
  const list = useInfiniteQuery(appointmentListQuery({ patientId, sort: '-start' }));
  const items = list.data?.pages.flatMap((page) => page.items);
  const ahead = items?.filter((item) => Date.parse(item.end) > now).reverse();
  const past = items?.filter((item) => Date.parse(item.end) <= now);
  const book = may ? (
    <Button leftSection={<IconPlus size={16} />} onClick={() => setBooking(true)}>
      {t('scheduling.record.book')}
    </Button>
  ) : undefined;
  return (
    <div className={classes.wrap}>
      {list.error && !items ? (
        <Failed error={list.error} retry={() => void list.refetch()} />
      ) : !items ? (
        <Skeleton h={180} />
      ) : items.length ? (
        <>
          <div className={classes.head}>
            <Title order={2}>{t('scheduling.record.ahead')}</Title>
            {book}
          </div>
          {ahead?.length ? <Rows items={ahead} names={names} label={t('scheduling.record.ahead')} /> : <p className={classes.none}>{t('scheduling.record.nothingAhead')}</p>}
          {past?.length ? (
            <>
              <div className={classes.head}>
                <Title order={2}>{t('scheduling.record.past')}</Title>
              </div>
              <Rows items={past} names={names} label={t('scheduling.record.past')} />
            </>
          ) : null}
          <More list={list} />
        </>
      ) : (
        <Empty icon={<IconCalendarEvent size={26} stroke={1.6} />} title={t('events.appointments.empty')} text={t('scheduling.record.emptyText')} action={book} />
      )}
      <Suspense>{can('waitlist.read') ? <Waits patientId={patientId} names={names} mayAdd={mayBook} /> : null}</Suspense>
      <Suspense>{booking ? <BookDrawer opened patientId={patientId} onClose={() => setBooking(false)} /> : null}</Suspense>
    </div>
  );
}

function Rows({ items, names, label }: { items: Item[]; names: Names; label: string }) {
  const { lang } = useLang();
  const { open } = useVisit();
  return (
    <ul className={classes.rows} aria-label={label} onKeyDown={onRowKeys}>
      {items.map((item) => {
        const colour = item.colour ?? names.service(item.serviceId)?.colour;
        return (
          <li key={item.id} data-faint={item.status === 'cancelled' || undefined}>
            <UnstyledButton data-row={item.id} className={classes.row} onClick={() => open(item.id)}>
              <span className={classes.when}>
                <b>{formatDay(lang, dayIn(item.timeZone, item.start))}</b>
                <span className="tnum">{`${formatTime(lang, item.timeZone, item.start)} – ${formatTime(lang, item.timeZone, item.end)}`}</span>
              </span>
              <span className={classes.what}>
                <span className={classes.service}>
                  {colour ? <ColourDot colour={colour} /> : null}
                  <bdi>{names.serviceName(item.serviceId)}</bdi>
                </span>
                <span>
                  <bdi>{names.personNames(item.providerIds)}</bdi> · <bdi>{names.placeName(item.locationId)}</bdi>
                </span>
              </span>
              <StatusMark status={item.status} />
            </UnstyledButton>
          </li>
        );
      })}
    </ul>
  );
}
