import { Button, Modal, Stack, Text, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { useCan } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { formatDay, formatTime } from '@/shared/i18n/format';
import type { Slot } from '../api';
import type { Names } from '../useNames';
import { dayOfWall, wallOf } from './days';
import type { Refused } from './useMoves';

type Props = { refused: Refused; zone: string; names: Names; onTake: (slot: Slot) => void; onOver: (reason: string) => void; onClose: () => void };

/** Says what is taken, and what is free near that time; who may can put it there all the same, and says why. */
export function RefusedDialog({ refused: { item, body, refusal }, zone, names, onTake, onOver, onClose }: Props) {
  const { t, lang } = useLang();
  const when = (at: string) => `${formatDay(lang, dayOfWall(wallOf(zone, at)))}, ${formatTime(lang, zone, at)}`;
  const wanted = (body.providerIds ?? item.providerIds)[0];
  const withWhom = (slot: Slot) => (wanted && slot.providerIds.includes(wanted) ? wanted : slot.providerIds[0]);
  const busy = refusal.busy.filter((one) => one.kind !== 'patient').map((one) => (one.kind === 'room' ? names.roomName(one.id) : names.personName(one.id)));
  // a patient is in one place only, whatever the reason
  const mayOver = useCan()('appointments.overbook') && refusal.code !== 'appointment.patient_busy';
  return (
    <Modal opened onClose={onClose} title={t('calendar.refused.title')} closeButtonProps={{ 'aria-label': t('action.close') }}>
      <Text size="sm">{t(`problem.${refusal.code}`)}</Text>
      {busy.length ? (
        <Text size="sm" mt={4}>
          {t('calendar.refused.busy', { when: when(body.start ?? item.start), names: new Intl.ListFormat(lang).format(busy) })}
        </Text>
      ) : null}
      {refusal.alternatives.length ? (
        <>
          <Text size="sm" mt="md" mb={6} fw={550}>
            {t('calendar.refused.instead')}
          </Text>
          <Stack gap={8}>
            {refusal.alternatives.map((slot, i) => {
              const who = withWhom(slot);
              return (
                <Button key={slot.start} variant="default" fullWidth justify="flex-start" data-autofocus={i === 0 || undefined} data-alternative onClick={() => onTake(slot)}>
                  <span className="tnum">{when(slot.start)}</span>
                  {who ? (
                    <>
                      &ensp;·&ensp;<bdi>{names.personName(who)}</bdi>
                    </>
                  ) : null}
                </Button>
              );
            })}
          </Stack>
        </>
      ) : null}
      {mayOver ? <Over onOver={onOver} /> : null}
      <Button mt="md" fullWidth variant="subtle" onClick={onClose}>
        {t('calendar.refused.leave')}
      </Button>
    </Modal>
  );
}

function Over({ onOver }: { onOver: (reason: string) => void }) {
  const { t } = useLang();
  const [reason, setReason] = useState<string>();
  if (reason === undefined) {
    return (
      <Button mt="md" fullWidth variant="default" onClick={() => setReason('')}>
        {t('scheduling.book.over')}
      </Button>
    );
  }
  const send = (event: FormEvent) => {
    event.preventDefault();
    if (reason.trim()) onOver(reason.trim());
  };
  return (
    <form onSubmit={send}>
      <TextInput mt="md" label={t('scheduling.book.over.reason')} description={t('scheduling.book.over.hint')} className="ownDirection" maxLength={500} autoFocus value={reason} onChange={(event) => setReason(event.currentTarget.value)} />
      <Button mt="sm" fullWidth type="submit" disabled={!reason.trim()}>
        {t('scheduling.book.over')}
      </Button>
    </form>
  );
}
