import { Button, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { useCan } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { useErrorText } from '@/shared/i18n/errors';
import { toast } from '@/shared/ui/toast';
import { type Action, type Booking, useResolve } from './api';
import classes from './Calcom.module.css';
import { isAgainstOurs } from './words';

/** What can be decided about a booking on which the two cannot agree. */
export function Decide({ booking, onOpen }: { booking: Booking; onOpen?: ((id: string) => void) | undefined }) {
  const { t } = useLang();
  const can = useCan();
  const textOf = useErrorText();
  const resolve = useResolve();
  const [why, setWhy] = useState<string>();
  if (!can('appointments.write')) return null;
  const send = async (action: Action, overbooking?: string) => {
    try {
      await resolve.mutateAsync({ booking, action, ...(overbooking ? { overbooking } : {}) });
      setWhy(undefined);
      toast.done(t(`scheduling.calcom.done.${action}`));
    } catch (error) {
      toast.failed(textOf(error));
    }
  };
  const bookOver = (event: FormEvent) => {
    event.preventDefault();
    if (why?.trim()) void send('book_over', why.trim());
  };
  const busy = resolve.isPending;
  const { appointmentId } = booking;
  if (why !== undefined)
    return (
      <form className={classes.decide} onSubmit={bookOver}>
        <TextInput className={`${classes.why} ownDirection`} aria-label={t('scheduling.calcom.why')} placeholder={t('scheduling.calcom.why')} value={why} maxLength={500} onChange={(event) => setWhy(event.currentTarget.value)} data-autofocus autoFocus />
        <Button size="xs" type="submit" loading={busy} disabled={!why.trim()}>
          {t('scheduling.calcom.do.book_over')}
        </Button>
        <Button size="xs" variant="default" onClick={() => setWhy(undefined)}>
          {t('action.cancel')}
        </Button>
      </form>
    );
  return (
    <div className={classes.decide}>
      <Button size="xs" variant="light" loading={busy} onClick={() => void send('retry')}>
        {t('scheduling.calcom.do.retry')}
      </Button>
      {isAgainstOurs(booking) && can('appointments.overbook') ? (
        <Button size="xs" variant="default" disabled={busy} onClick={() => setWhy('')}>
          {t('scheduling.calcom.do.book_over')}
        </Button>
      ) : null}
      {appointmentId && onOpen ? (
        <Button size="xs" variant="default" disabled={busy} onClick={() => onOpen(appointmentId)}>
          {t('scheduling.calcom.do.open')}
        </Button>
      ) : null}
      <Button size="xs" variant="subtle" color={appointmentId ? 'gray' : 'red'} disabled={busy} onClick={() => void send('keep_ours')}>
        {t(appointmentId ? 'scheduling.calcom.do.keep_ours' : 'scheduling.calcom.do.refuse')}
      </Button>
    </div>
  );
}
