import { Alert, Badge } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useLang } from '@/shared/i18n';
import { ofAppointmentQuery } from './api';
import classes from './Calcom.module.css';
import { Decide } from './Decide';
import { useReason } from './words';

/** How an appointment stands with Cal.com; nothing, where it is none of its. */
export function Mark({ appointmentId }: { appointmentId: string }) {
  const { t } = useLang();
  const reasonOf = useReason();
  const booking = useQuery(ofAppointmentQuery(appointmentId)).data;
  if (!booking) return null;
  const state = t(`scheduling.calcom.state.${booking.state}`);
  if (booking.state === 'needs_attention')
    return (
      <Alert color="red" role="status" py="xs" icon={<IconAlertTriangle />} title={`${t('nav.calcom')}: ${state}`} data-calcom={booking.state}>
        {reasonOf(booking)}
        <Decide booking={booking} />
      </Alert>
    );
  return (
    <p className={classes.mark} data-calcom={booking.state}>
      <span>{t('nav.calcom')}</span>
      <Badge radius="sm">{state}</Badge>
      {booking.fromThere ? <small>{t('scheduling.calcom.fromThere')}</small> : null}
    </p>
  );
}
