import { Alert, Button, Select, TextInput } from '@mantine/core';
import { lazy, Suspense } from 'react';
import { useCan, useSession } from '@/shared/auth/session';
import forms from '@/shared/forms/forms.module.css';
import { useLang } from '@/shared/i18n';
import { SideDrawer } from '@/shared/ui/SideDrawer';
import type { Appointment } from '../api';
import bookClasses from '../book/Book.module.css';
import { Times } from '../book/Times';
import { Chairs, Together } from '../book/Together';
import { whenText } from '../book/when';
import { type Names, withChosen } from '../useNames';
import { peopleOf, questionOf } from './moving';
import { useMoving } from './useMoving';

// hardly ever wanted
const Busy = lazy(() => import('../book/Busy').then((m) => ({ default: m.Busy })));

type Props = { appointment: Appointment; names: Names; onClose: () => void };

/** Another time, provider, chair or length: what dragging does, for the keyboard and for telephones. */
export function MoveDrawer({ appointment: a, names, onClose }: Props) {
  const { t, lang } = useLang();
  const moving = useMoving(a, onClose);
  const { to, set, right, ready, refusal } = moving;
  return (
    <SideDrawer title={t('scheduling.move.title')} onClose={onClose} wide>
      <form
        className={forms.form}
        noValidate
        aria-label={t('scheduling.move.title')}
        onSubmit={(event) => {
          event.preventDefault();
          if (ready) void moving.go();
        }}
      >
        <div className={forms.fields}>
          <People appointment={a} names={names} moving={moving} />
          <TextInput label={t('scheduling.book.minutes')} w={160} className="ownDirection tnum" inputMode="numeric" maxLength={4} value={to.minutes} error={right ? undefined : t('field.out_of_range')} rightSection={<span className={bookClasses.hint}>{t('unit.min')}</span>} rightSectionWidth={56} onChange={(e) => set({ minutes: e.currentTarget.value })} />
          <Times key={moving.turn} question={questionOf(a, to)} zone={a.timeZone} value={to.start} onChoose={moving.choose} />
          <Suspense>
            {refusal ? <Busy ref={moving.busyRef} refusal={refusal} names={names} zone={a.timeZone} overbooking={moving.over} onTake={moving.takeInstead} onOver={moving.setOver} /> : null}
          </Suspense>
          {a.status === 'confirmed' && moving.changes.start ? (
            <Alert color="gray" variant="light" py="xs">
              {t('scheduling.move.asksAgain')}
            </Alert>
          ) : null}
          <div className={bookClasses.chosen} role="status">
            <b className="tnum">{whenText(lang, a.timeZone, to.start)}</b>
            <bdi>{names.personNames(peopleOf(to))}</bdi>
            {moving.same ? <span className={bookClasses.hint}>{t('scheduling.move.same')}</span> : null}
          </div>
        </div>
        <div className={forms.foot}>
          <span />
          <Button variant="default" onClick={onClose}>
            {t('action.cancel')}
          </Button>
          <Button type="submit" loading={moving.sending} disabled={!ready}>
            {t('scheduling.move.go')}
          </Button>
        </div>
      </form>
    </SideDrawer>
  );
}

type PeopleProps = { appointment: Appointment; names: Names; moving: ReturnType<typeof useMoving> };

/** With whom, who else takes part, and in which chairs. */
function People({ appointment: a, names, moving: { to, set } }: PeopleProps) {
  const { t } = useLang();
  const { user } = useSession();
  const mayAll = useCan()('appointments.write');
  const { provider, also, roomIds } = to;
  const people = withChosen(names.personChoices(a.serviceId, a.locationId), [provider], names.personName);
  return (
    <>
      <div className={forms.pair}>
        <Select label={t('scheduling.book.provider')} data={people} value={provider} readOnly={!mayAll} allowDeselect={false} searchable nothingFoundMessage={t('search.nothing')} onChange={(next) => next && set({ provider: next, also: also.filter((id) => id !== next) })} data-autofocus />
        <Chairs label={t('scheduling.book.room')} names={names} locationId={a.locationId} value={roomIds} placeholder={names.roomNames(a.roomIds)} onChange={(next) => set({ roomIds: next })} />
      </div>
      {/* who takes part in somebody else's visit only must not leave it by mistake */}
      <Together names={names} serviceId={a.serviceId} locationId={a.locationId} main={provider} value={also} readOnly={!mayAll && provider !== user.id} onChange={(next) => set({ also: next })} />
    </>
  );
}
