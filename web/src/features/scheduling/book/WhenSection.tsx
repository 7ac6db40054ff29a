import { Select, Switch, TextInput } from '@mantine/core';
import { lazy, Suspense } from 'react';
import { useLang } from '@/shared/i18n';
import type { Names } from '../useNames';
import classes from './Book.module.css';
import { allOf, questionOf } from './draft';
import { KeptFor } from './KeptFor';
import { Times } from './Times';
import { ToWaitlist } from './ToWaitlist';
import type { Booking } from './useBooking';
import { whenText } from './when';

// hardly ever wanted
const Busy = lazy(() => import('./Busy').then((m) => ({ default: m.Busy })));

type Props = { booking: Booking; names: Names; date: string | undefined };

/** When it is: what is free, what was chosen, and what is in its way. */
export function WhenSection({ booking, names, date }: Props) {
  const { t, lang } = useLang();
  const { form, values, zone, hold, refusal } = booking;
  const { start, overbooking } = values;
  return (
    <fieldset className={classes.section}>
      <legend>{t('scheduling.book.when')}</legend>
      <Times key={`${values.locationId} ${booking.turn}`} question={questionOf(values)} zone={zone} value={start} first={start ? undefined : date} error={form.errors.start as string | undefined} onChoose={booking.choose} />
      <Suspense>
        {refusal ? <Busy ref={booking.busyRef} refusal={refusal} names={names} zone={zone} overbooking={overbooking} onTake={booking.takeInstead} onOver={booking.over} /> : null}
      </Suspense>
      {start && (!refusal || overbooking) ? (
        <div className={classes.chosen} role="status">
          <b className="tnum">{whenText(lang, zone, start)}</b>
          <bdi>{names.personNames(allOf(values))}</bdi>
          {hold?.roomIds.length ? <bdi>{names.roomNames(hold.roomIds)}</bdi> : null}
          {hold ? <KeptFor until={hold.expiresAt} /> : null}
        </div>
      ) : null}
      <ToWaitlist draft={values} />
      <Repeat booking={booking} />
    </fieldset>
  );
}

const units = ['day', 'week', 'month'] as const;

/** Several visits in one go, at the same time of day. */
function Repeat({ booking: { form, values, bind } }: { booking: Booking }) {
  const { t } = useLang();
  return (
    <>
      <Switch {...form.getInputProps('repeats', { type: 'checkbox' })} label={t('scheduling.book.repeats')} />
      {values.repeats ? (
        <div className={classes.repeat}>
          <TextInput {...bind('every')} className="ownDirection tnum" inputMode="numeric" maxLength={2} />
          <Select {...bind('unit')} allowDeselect={false} data={units.map((value) => ({ value, label: t(`scheduling.book.unit.${value}`) }))} />
          <TextInput {...bind('times')} className="ownDirection tnum" inputMode="numeric" maxLength={2} />
        </div>
      ) : null}
    </>
  );
}
