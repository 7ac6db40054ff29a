import { Alert, Button, Select, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { uuid } from '@/shared/api/uuid';
import { useSession } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { useErrorText } from '@/shared/i18n/errors';
import { toast } from '@/shared/ui/toast';
import { instantIn } from '@/shared/zoned';
import type { Names } from '../useNames';
import { mappingsQuery, useSandboxBooking } from './api';
import classes from './Calcom.module.css';

/** What somebody else does at the sandbox: book as a patient, or take a time of which the practice does not hear. */
export function Sandbox({ names, canWrite }: { names: Names; canWrite: boolean }) {
  const { t } = useLang();
  const textOf = useErrorText();
  const { timeZone } = useSession().practice;
  const mapped = useQuery(mappingsQuery).data?.items ?? [];
  const book = useSandboxBooking();
  const [serviceId, setServiceId] = useState<string | null>(null);
  const [at, setAt] = useState('');
  const [name, setName] = useState('');
  const [email, setEmail] = useState('');
  const asked = useRef({ text: '', key: '' });
  const choices = [...new Set(mapped.map((one) => one.serviceId))].map((value) => ({ value, label: names.serviceName(value) }));
  const ready = canWrite && !!serviceId && !!at;

  const send = async (asPatient: boolean) => {
    if (!serviceId) return;
    const body = { serviceId, start: instantIn(timeZone, at), person: asPatient ? { name: name.trim(), email: email.trim() } : null };
    const text = JSON.stringify(body);
    // the same key while the same is asked again after a lost answer
    if (asked.current.text !== text) asked.current = { text, key: uuid() };
    try {
      await book.mutateAsync({ body, key: asked.current.key });
      asked.current = { text: '', key: '' };
      toast.done(t(asPatient ? 'scheduling.calcom.bookedThere' : 'scheduling.calcom.takenThere'));
    } catch (error) {
      toast.failed(textOf(error));
    }
  };

  if (!choices.length)
    return (
      <Alert color="gray" variant="light" py="xs">
        {t('scheduling.calcom.mapFirst')}
      </Alert>
    );
  return (
    <div className={classes.form}>
      <div className={classes.pair}>
        <Select label={t('scheduling.book.service')} data={choices} value={serviceId} onChange={setServiceId} />
        <TextInput label={t('scheduling.calcom.at')} type="datetime-local" value={at} onChange={(event) => setAt(event.currentTarget.value)} />
      </div>
      <div className={classes.pair}>
        <TextInput label={t('scheduling.calcom.name')} className="ownDirection" maxLength={160} value={name} onChange={(event) => setName(event.currentTarget.value)} />
        <TextInput label={t('scheduling.calcom.email')} type="email" dir="ltr" maxLength={254} value={email} onChange={(event) => setEmail(event.currentTarget.value)} />
      </div>
      <div className={classes.line}>
        <Button variant="default" disabled={!ready || !name.trim() || !email.trim()} loading={book.isPending} onClick={() => void send(true)}>
          {t('scheduling.calcom.bookThere')}
        </Button>
        <Button variant="default" disabled={!ready} loading={book.isPending} onClick={() => void send(false)}>
          {t('scheduling.calcom.takeThere')}
        </Button>
      </div>
    </div>
  );
}
