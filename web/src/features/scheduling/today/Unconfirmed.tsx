import { Button, UnstyledButton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { namesOf } from '@/features/patients/person';
import { daysAfter } from '@/shared/days';
import { useLang } from '@/shared/i18n';
import { formatTime, weekdayName } from '@/shared/i18n/format';
import { dayIn } from '@/shared/zoned';
import { calendarQuery } from '../api';
import type { Names } from '../useNames';
import { useMayChange, useSteps } from '../visit/useSteps';
import { Call } from './Call';
import classes from './Today.module.css';
import { Worklist } from './Worklist';

type Props = { today: string; locationId: string; names: Names; onOpen: (id: string) => void };

/** Tomorrow and the day after. */
export const soonQuery = (locationId: string, today: string) => calendarQuery({ locationId, from: daysAfter(today, 1), to: daysAfter(today, 2) });

/** Who comes in the next two days and has not said so yet: call, and note it. */
export function Unconfirmed({ today, locationId, names, onOpen }: Props) {
  const { t, lang } = useLang();
  const soon = useQuery(soonQuery(locationId, today));
  const mayChange = useMayChange();
  const { go } = useSteps();
  const rows = soon.data?.items.filter((item) => item.status === 'scheduled');
  return (
    <Worklist title={t('scheduling.today.unconfirmed')} rows={rows} error={soon.error} retry={() => void soon.refetch()} keyOf={(item) => item.id} done={t('scheduling.today.unconfirmedDone')}>
      {(item) => {
        const { name } = namesOf(item.patient, lang);
        const weekday = new Date(`${dayIn(item.timeZone, item.start)}T12:00:00Z`).getUTCDay() || 7;
        return (
          <>
            <UnstyledButton data-row={item.id} className={classes.who} onClick={() => onOpen(item.id)}>
              <b>
                <bdi className="cut">{name}</bdi>
              </b>
              <span>
                {weekdayName(lang, weekday, 'short')} {formatTime(lang, item.timeZone, item.start)} · <bdi>{names.serviceName(item.serviceId)}</bdi>
              </span>
            </UnstyledButton>
            <Call name={name} phone={item.patient.phone} />
            {mayChange(item) ? (
              <Button size="compact-sm" variant="light" aria-label={t('scheduling.today.confirmOne', { name })} onClick={() => void go(item, [{ status: 'confirmed' }], t('scheduling.today.confirmed', { name }))}>
                {t('scheduling.visit.do.confirm')}
              </Button>
            ) : null}
          </>
        );
      }}
    </Worklist>
  );
}
