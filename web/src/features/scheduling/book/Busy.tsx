import { Alert, Button, Text, TextInput } from '@mantine/core';
import { IconCalendarX } from '@tabler/icons-react';
import { type Ref, useState } from 'react';
import { useCan } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import type { Refusal } from '../refusal';
import type { Names } from '../useNames';
import classes from './Book.module.css';
import type { Chosen } from './Times';
import { whenText } from './when';

type Props = {
  refusal: Refusal;
  names: Names;
  zone: string;
  /** Why it is booked all the same; empty for not. */
  overbooking?: string | undefined;
  /** Missing where it cannot be put over others. */
  onOver?: (reason: string | undefined) => void;
  onTake: (chosen: Chosen) => void;
  ref?: Ref<HTMLDivElement>;
};

/** Says what is taken, and what is free near that time; who may can put it there all the same, and says why. */
export function Busy({ refusal, names, zone, overbooking, onOver, onTake, ref }: Props) {
  const { t, lang } = useLang();
  const mayOver = useCan()('appointments.overbook');
  const words = refusal.busy.map(({ kind, id }) =>
    kind === 'patient' ? t('scheduling.book.busy.patient') : t(`scheduling.book.busy.${kind}`, { name: kind === 'room' ? names.roomName(id) : names.personName(id) }),
  );
  const when = (at: string) => whenText(lang, zone, at);
  // of a series no single visit can be put elsewhere
  const near = refusal.number ? refusal.alternatives.map((slot) => when(slot.start)).join(' · ') : '';
  const slots = refusal.number ? [] : refusal.alternatives;
  const many = new Set(slots.flatMap((slot) => slot.providerIds)).size > 1;
  return (
    <Alert ref={ref} tabIndex={-1} color="yellow" variant="light" icon={<IconCalendarX />} role="alert" title={t(refusal.number ? 'scheduling.book.busy.oneOf' : refusal.code === 'appointment.closed' ? 'scheduling.book.busy.closed' : 'scheduling.book.busy.title')}>
      {refusal.number && refusal.start ? <Text size="sm">{t('scheduling.book.busy.which', { number: refusal.number, when: when(refusal.start) })}</Text> : null}
      <ul className={classes.busy}>
        {(words.length ? words : [t(`problem.${refusal.code}`)]).map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
      {near ? <Text size="sm">{t('scheduling.book.busy.near', { times: near })}</Text> : null}
      {slots.length ? (
        <>
          <Text size="sm" mt={8}>
            {t('scheduling.book.busy.instead')}
          </Text>
          <div className={classes.alternatives}>
            {slots.map((slot) => (
              <Button key={slot.start} size="xs" variant="default" data-alternative onClick={() => onTake(slot)}>
                {when(slot.start)}
                {many && slot.providerIds[0] ? ` · ${names.personName(slot.providerIds[0])}` : ''}
              </Button>
            ))}
          </div>
        </>
      ) : null}
      {mayOver && onOver ? <Over overbooking={overbooking} onOver={onOver} /> : null}
    </Alert>
  );
}

type OverProps = { overbooking: string | undefined; onOver: (reason: string | undefined) => void };

/** Asks why it is put there all the same. */
function Over({ overbooking, onOver }: OverProps) {
  const { t } = useLang();
  const [asking, setAsking] = useState(false);
  if (!asking && overbooking === undefined)
    return (
      <Button
        mt="sm"
        size="xs"
        variant="subtle"
        onClick={() => {
          setAsking(true);
          onOver('');
        }}
      >
        {t('scheduling.book.over')}
      </Button>
    );
  return (
    <TextInput
      mt="sm"
      label={t('scheduling.book.over.reason')}
      description={t('scheduling.book.over.hint')}
      className="ownDirection"
      maxLength={500}
      autoFocus
      value={overbooking ?? ''}
      onChange={(e) => onOver(e.currentTarget.value)}
    />
  );
}
