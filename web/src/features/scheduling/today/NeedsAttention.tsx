import { UnstyledButton } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useLang } from '@/shared/i18n';
import { needsQuery } from '../calcom/api';
import { Decide } from '../calcom/Decide';
import { Need } from '../calcom/Needs';
import type { Names } from '../useNames';
import classes from './Today.module.css';
import { Worklist } from './Worklist';

/** Bookings on which Cal.com and the practice cannot agree. A practice without any is not bothered with the list. */
export function NeedsAttention({ names, onOpen }: { names: Names; onOpen: (id: string) => void }) {
  const { t } = useLang();
  const needs = useInfiniteQuery(needsQuery);
  const rows = needs.data?.pages.flatMap((page) => page.items);
  if (!rows?.length) return null;
  return (
    <Worklist title={t('scheduling.calcom.needs')} rows={rows} error={needs.error} retry={() => void needs.refetch()} keyOf={(one) => one.id} done={t('scheduling.calcom.agreed')}>
      {(booking) => (
        <div className={classes.need}>
          {booking.appointmentId ? (
            <UnstyledButton data-row={booking.id} className={classes.who} onClick={() => onOpen(booking.appointmentId ?? '')}>
              <Need booking={booking} names={names} />
            </UnstyledButton>
          ) : (
            <div className={classes.who}>
              <Need booking={booking} names={names} />
            </div>
          )}
          <Decide booking={booking} />
        </div>
      )}
    </Worklist>
  );
}
