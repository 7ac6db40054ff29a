import { Alert, Button, Select, TextInput } from '@mantine/core';
import { useRef, useState } from 'react';
import { useCan } from '@/shared/auth/session';
import forms from '@/shared/forms/forms.module.css';
import { orNull } from '@/shared/forms/merge';
import { useLang } from '@/shared/i18n';
import { SideDrawer } from '@/shared/ui/SideDrawer';
import { toast } from '@/shared/ui/toast';
import { type Appointment, type Move, useMove } from '../api';
import bookClasses from '../book/Book.module.css';
import { Busy } from '../book/Busy';
import { lengthIsRight, wholeOf } from '../book/draft';
import { type Chosen, Times } from '../book/Times';
import { whenText } from '../book/when';
import { type Refusal, refusalOf } from '../refusal';
import type { Names } from '../useNames';
import { minutesOf } from './Facts';
import { useRefused } from './useSteps';

type Props = { appointment: Appointment; names: Names; onClose: () => void };

/** Another time, provider, chair or length: what dragging does, for the keyboard and for telephones. */
export function MoveDrawer({ appointment: a, names, onClose }: Props) {
  const { t, lang } = useLang();
  const mayAll = useCan()('appointments.write');
  const refused = useRefused();
  const move = useMove();
  const [start, setStart] = useState(a.start);
  const [provider, setProvider] = useState(a.providerIds[0]!);
  const [room, setRoom] = useState<string | null>(null);
  const [minutes, setMinutes] = useState(String(minutesOf(a)));
  const [over, setOver] = useState<string>();
  const [refusal, setRefusal] = useState<Refusal>();
  const [turn, setTurn] = useState(0);
  const busyRef = useRef<HTMLDivElement>(null);

  const right = lengthIsRight(minutes) && !!minutes.trim();
  const choose = (next: Chosen) => {
    setStart(next.start);
    setRefusal(undefined);
    setOver(undefined);
  };
  const takeInstead = (slot: Chosen) => {
    choose(slot);
    if (slot.providerIds.length && !slot.providerIds.includes(provider)) setProvider(slot.providerIds[0]!);
    setTurn((n) => n + 1);
  };
  const others = a.providerIds.slice(1).filter((id) => id !== provider);
  const changes: Omit<Move, 'version'> = {
    ...(Date.parse(start) === Date.parse(a.start) ? {} : { start }),
    ...(provider === a.providerIds[0] ? {} : { providerIds: [provider, ...others] }),
    ...(room ? { roomIds: [room] } : {}),
    ...(right && wholeOf(minutes) !== minutesOf(a) ? { durationMinutes: wholeOf(minutes)! } : {}),
  };
  const some = Object.keys(changes).length > 0;

  const go = async () => {
    const why = orNull(over ?? '');
    try {
      const now = await move.mutateAsync({ id: a.id, body: { version: a.version, ...changes, ...(why ? { overbooking: why } : {}) } });
      const { providerIds, roomIds } = a;
      const back = { version: now.version, start: a.start, durationMinutes: minutesOf(a), providerIds, roomIds, ...(a.overbooking ? { overbooking: a.overbooking } : {}) };
      const when = whenText(lang, now.timeZone, now.start);
      toast.undoable(t('scheduling.move.done', { when }), t('action.undo'), () => void move.mutateAsync({ id: a.id, body: back }).catch(refused));
      onClose();
    } catch (error) {
      const busy = refusalOf(error);
      if (!busy) return refused(error);
      setRefusal(busy);
      requestAnimationFrame(() => busyRef.current?.focus());
    }
  };

  const question = { serviceId: a.serviceId, locationId: a.locationId, providerId: provider, patientId: a.patientId, moving: a.id, ...(right ? { durationMinutes: wholeOf(minutes)! } : {}) };
  const people = names.personChoices(a.serviceId, a.locationId);
  return (
    <SideDrawer title={t('scheduling.move.title')} onClose={onClose} wide>
      <form
        className={forms.form}
        noValidate
        aria-label={t('scheduling.move.title')}
        onSubmit={(event) => {
          event.preventDefault();
          if (some && right) void go();
        }}
      >
        <div className={forms.fields}>
          <div className={forms.two}>
            <Select label={t('scheduling.book.provider')} data={people.some((one) => one.value === provider) ? people : [{ value: provider, label: names.personName(provider) }, ...people]} value={provider} readOnly={!mayAll} allowDeselect={false} searchable nothingFoundMessage={t('search.nothing')} onChange={(next) => next && setProvider(next)} data-autofocus />
            <Select label={t('scheduling.book.room')} data={names.roomChoices(a.locationId)} value={room} placeholder={a.roomIds.map(names.roomName).join(' · ')} clearable searchable nothingFoundMessage={t('search.nothing')} onChange={setRoom} />
          </div>
          <TextInput label={t('scheduling.book.minutes')} w={160} className="ownDirection tnum" inputMode="numeric" maxLength={4} value={minutes} error={right ? undefined : t('field.out_of_range')} rightSection={<span className={bookClasses.hint}>{t('unit.min')}</span>} rightSectionWidth={56} onChange={(e) => setMinutes(e.currentTarget.value)} />
          <Times key={turn} question={question} zone={a.timeZone} value={start} onChoose={choose} />
          {refusal ? <Busy ref={busyRef} refusal={refusal} names={names} zone={a.timeZone} overbooking={over} onTake={takeInstead} onOver={setOver} /> : null}
          {a.status === 'confirmed' && changes.start ? (
            <Alert color="gray" variant="light" py="xs">
              {t('scheduling.move.asksAgain')}
            </Alert>
          ) : null}
          <div className={bookClasses.chosen} role="status">
            <b className="tnum">
              {whenText(lang, a.timeZone, start)}
            </b>
            <bdi>{names.personName(provider)}</bdi>
            {some ? null : <span className={bookClasses.hint}>{t('scheduling.move.same')}</span>}
          </div>
        </div>
        <div className={forms.foot}>
          <span />
          <Button variant="default" onClick={onClose}>
            {t('action.cancel')}
          </Button>
          <Button type="submit" loading={move.isPending} disabled={!some || !right}>
            {t('scheduling.move.go')}
          </Button>
        </div>
      </form>
    </SideDrawer>
  );
}
