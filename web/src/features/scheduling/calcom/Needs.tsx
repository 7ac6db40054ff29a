import { Button, Skeleton } from '@mantine/core';
import { IconCircleCheck } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useSession } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { Empty, Failed } from '@/shared/ui/Page';
import { whenText } from '../book/when';
import type { Names } from '../useNames';
import { type Booking, needsQuery } from './api';
import classes from './Calcom.module.css';
import { Decide } from './Decide';
import { useReason } from './words';

/** Who, what and when, and why the two cannot agree. */
export function Need({ booking, names }: { booking: Booking; names: Names }) {
  const { t, lang } = useLang();
  const { timeZone } = useSession().practice;
  const reasonOf = useReason();
  const at = booking.startHere ?? booking.startThere;
  const name = [booking.givenName, booking.familyName].filter(Boolean).join(' ');
  return (
    <span className={classes.need}>
      <b>
        <bdi>{name || t('scheduling.calcom.somebody')}</bdi>
      </b>
      <span className="tnum">
        {at ? whenText(lang, timeZone, at) : null}
        {booking.serviceId ? (
          <>
            {' · '}
            <bdi>{names.serviceName(booking.serviceId)}</bdi>
          </>
        ) : null}
      </span>
      <span className={classes.why}>{reasonOf(booking)}</span>
    </span>
  );
}

/** Everything that waits for a decision. */
export function Needs({ names, onOpen }: { names: Names; onOpen: (id: string) => void }) {
  const { t } = useLang();
  const needs = useInfiniteQuery(needsQuery);
  const rows = needs.data?.pages.flatMap((page) => page.items);
  if (needs.error && !rows) return <Failed error={needs.error} retry={() => void needs.refetch()} />;
  if (!rows) return <Skeleton h={64} />;
  if (!rows.length) return <Empty icon={<IconCircleCheck size={26} stroke={1.6} />} title={t('scheduling.calcom.agreed')} text={t('scheduling.calcom.agreedText')} />;
  return (
    <>
      <ul className={classes.needs}>
        {rows.map((booking) => (
          <li key={booking.id} data-need={booking.reason}>
            <Need booking={booking} names={names} />
            <Decide booking={booking} onOpen={onOpen} />
          </li>
        ))}
      </ul>
      {needs.hasNextPage ? (
        <Button variant="subtle" loading={needs.isFetchingNextPage} onClick={() => void needs.fetchNextPage()}>
          {t('scheduling.calcom.more')}
        </Button>
      ) : null}
    </>
  );
}
