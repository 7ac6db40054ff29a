import { Button, Checkbox, Select, Switch, Textarea, TextInput } from '@mantine/core';
import { lazy, type ReactNode, Suspense, useRef, useState } from 'react';
import { useCan, useSession } from '@/shared/auth/session';
import forms from '@/shared/forms/forms.module.css';
import { RecordDrawer, WaitingDrawer } from '@/shared/forms/RecordDrawer';
import { useFields } from '@/shared/forms/useFields';
import { useRecordForm } from '@/shared/forms/useRecordForm';
import { useSendKey } from '@/shared/forms/useSubmit';
import { useLang, wantTexts } from '@/shared/i18n';
import { toast } from '@/shared/ui/toast';
import { type Appointment, useBook, useBookSeries } from './api';
import classes from './book/Book.module.css';
import { Busy } from './book/Busy';
import { appointmentOf, type Draft, emptyDraft, holdOf, issuesOf, type Known, labels, lengthIsRight, seriesOf, wholeOf, withWhom } from './book/draft';
import { KeptFor } from './book/KeptFor';
import { OwnColour } from './book/OwnColour';
import { PatientField } from './book/PatientField';
import { type Chosen, Times } from './book/Times';
import { useKept } from './book/useKept';
import { whenText } from './book/when';
import { type Refusal, refusalOf } from './refusal';
import { type Names, useNames } from './useNames';

const WishDrawer = lazy(async () => {
  const [module] = await Promise.all([import('./waitlist/WishDrawer'), wantTexts('waitlist')]);
  return { default: module.WishDrawer };
});

export type BookDrawerProps = {
  opened: boolean;
  onClose: () => void;
  start?: string | undefined;
  providerId?: string | undefined;
  roomId?: string | undefined;
  locationId?: string | undefined;
  patientId?: string | undefined;
  serviceId?: string | undefined;
  date?: string | undefined;
};

/** Books a visit, or a series of them: who, what, with whom, and when it is free. */
export function BookDrawer({ opened, onClose, ...known }: BookDrawerProps) {
  const { t } = useLang();
  const { user } = useSession();
  const mayAll = useCan()('appointments.write');
  const names = useNames();
  if (!opened) return null;
  if (!names.ready) return <WaitingDrawer title={t('scheduling.book.title')} error={null} lines={8} retry={() => undefined} onClose={onClose} />;
  // who books for themselves only has nobody to choose
  const own = mayAll ? {} : { providerId: user.id };
  return <Editor names={names} known={{ ...known, ...own, locationId: known.locationId ?? names.usualPlace(user.id) }} date={known.date} onClose={onClose} />;
}

function Editor({ names, known, date, onClose }: { names: Names; known: Known; date: string | undefined; onClose: () => void }) {
  const { t, lang } = useLang();
  const { user } = useSession();
  const mayAll = useCan()('appointments.write');
  const [empty] = useState(() => emptyDraft(known));
  const record = useRecordForm<Appointment, Draft>({ loaded: undefined, empty, draftOf: () => empty, issues: issuesOf });
  const { form } = record;
  const { values } = form;
  const { bind } = useFields(record, labels, false);
  const [booking, setBooking] = useState<Refusal>();
  const busyRef = useRef<HTMLDivElement>(null);
  const [turn, setTurn] = useState(0);
  const [waiting, setWaiting] = useState(false);
  const mayWait = useCan()('waitlist.write') && !values.start && !!values.serviceId;
  const zone = names.zoneOf(values.locationId);

  const kept = useKept(holdOf(values));
  const refusal = booking ?? refusalOf(kept.error);
  const set = (next: Partial<Draft>) => {
    setBooking(undefined);
    form.setValues(next);
    form.clearFieldError('start');
  };
  const choose = ({ start, providerIds }: Chosen) => set({ start, by: providerIds[0] ?? values.by, overbooking: undefined });
  /** One of the alternatives: the days above shall show it. */
  const takeInstead = (slot: Chosen) => {
    set({ start: slot.start, overbooking: undefined, ...(values.providerId && !slot.providerIds.includes(values.providerId) ? { providerId: slot.providerIds[0] ?? null } : { by: slot.providerIds[0] ?? null }) });
    setTurn((n) => n + 1);
  };

  /** Nothing is kept while something is booked over another, so what was said of it stays. */
  const over = (overbooking: string | undefined) => {
    setBooking(refusal);
    form.setValues({ overbooking });
  };

  const keyOf = useSendKey();
  const bookOne = useBook();
  const bookSeries = useBookSeries();
  const save = async (draft: Draft) => {
    setBooking(undefined);
    try {
      if (draft.repeats) {
        const body = seriesOf(draft, kept.hold?.id);
        await bookSeries.mutateAsync({ body, key: keyOf(body) });
        toast.done(t('scheduling.book.bookedSeries', { count: body.times }));
      } else {
        const body = appointmentOf(draft, kept.hold?.id);
        await bookOne.mutateAsync({ body, key: keyOf(body) });
        toast.done(t('scheduling.book.booked', { when: whenText(lang, zone, draft.start) }));
      }
    } catch (error) {
      const refused = refusalOf(error);
      if (!refused) throw error;
      setBooking(refused);
      requestAnimationFrame(() => busyRef.current?.focus());
      return;
    }
    onClose();
  };
  const question = values.serviceId && values.locationId ? {
    serviceId: values.serviceId,
    locationId: values.locationId,
    ...(values.providerId ? { providerId: values.providerId } : {}),
    ...(values.minutes.trim() && lengthIsRight(values.minutes) ? { durationMinutes: wholeOf(values.minutes)! } : {}),
    ...(values.patientId ? { patientId: values.patientId } : {}),
  } : undefined;
  const usual = values.serviceId ? names.service(values.serviceId)?.durationMinutes : undefined;
  const people = mayAll ? names.personChoices(values.serviceId, values.locationId) : [{ value: user.id, label: names.personName(user.id) }];
  const choice = { allowDeselect: false, searchable: true, nothingFoundMessage: t('search.nothing') } as const;

  return (
    <RecordDrawer
      record={record}
      loaded={undefined}
      labels={labels}
      wide
      title={t('scheduling.book.title')}
      name={t('scheduling.book.title')}
      readOnly={undefined}
      busy={bookOne.isPending || bookSeries.isPending}
      save={save}
      create={t(values.repeats ? 'scheduling.book.goSeries' : 'scheduling.book.go')}
      onClose={onClose}
    >
      <fieldset className={classes.section}>
        <PatientField value={values.patientId} error={form.errors.patientId} readOnly={false} onChange={(patientId) => {
          set({ patientId });
          form.clearFieldError('patientId');
        }} />
        <div className={forms.two}>
          <Select {...bind('serviceId')} {...choice} data-autofocus={known.patientId ? true : undefined} data={names.serviceChoices} onChange={(serviceId) => {
            form.clearFieldError('serviceId');
            const able = names.personChoices(serviceId, values.locationId).some((one) => one.value === values.providerId);
            set({ serviceId, minutes: '', ...(values.providerId && !able && mayAll ? { providerId: null } : {}) });
          }} />
          <Select {...bind('locationId')} {...choice} data={names.placeChoices} onChange={(locationId) => set({ locationId, roomId: null, start: '', by: null })} />
        </div>
        <div className={forms.two}>
          <Select {...bind('providerId')} {...choice} placeholder={t('scheduling.book.anybody')} clearable={mayAll} readOnly={!mayAll} data={people} onChange={(providerId) => {
            form.clearFieldError('providerId');
            set({ providerId, by: providerId ? null : withWhom(values) });
          }} />
          <Select {...bind('roomId')} searchable clearable placeholder={t('scheduling.book.anyRoom')} nothingFoundMessage={t('search.nothing')} data={names.roomChoices(values.locationId)} onChange={(roomId) => set({ roomId })} />
        </div>
        <TextInput {...bind('minutes')} w={160} className="ownDirection tnum" inputMode="numeric" maxLength={4} placeholder={usual ? String(usual) : ''} rightSection={<Dim>{t('unit.min')}</Dim>} rightSectionWidth={56} onChange={(e) => set({ minutes: e.currentTarget.value })} />
      </fieldset>

      <fieldset className={classes.section}>
        <legend>{t('scheduling.book.when')}</legend>
        <Times key={`${values.locationId} ${turn}`} question={question} zone={zone} value={values.start} first={values.start ? undefined : date} error={form.errors.start as string | undefined} onChoose={choose} />
        {refusal ? (
          <Busy ref={busyRef} refusal={refusal} names={names} zone={zone} overbooking={values.overbooking} onTake={takeInstead} onOver={over} />
        ) : null}
        {values.start && (!refusal || values.overbooking) ? (
          <div className={classes.chosen} role="status">
            <b className="tnum">
              {whenText(lang, zone, values.start)}
            </b>
            {withWhom(values) ? <bdi>{names.personName(withWhom(values)!)}</bdi> : null}
            {kept.hold?.roomIds[0] ? <bdi>{names.roomName(kept.hold.roomIds[0])}</bdi> : null}
            {kept.hold ? <KeptFor until={kept.hold.expiresAt} /> : null}
          </div>
        ) : null}
        {mayWait ? (
          <Button variant="subtle" size="compact-sm" className={classes.enter ?? ''} onClick={() => setWaiting(true)}>
            {t('scheduling.book.toWaitlist')}
          </Button>
        ) : null}
        <Repeat form={form} bind={bind} />
      </fieldset>

      <fieldset className={classes.section}>
        <legend>{t('scheduling.book.about')}</legend>
        <Textarea {...bind('reason')} className="ownDirection" autosize minRows={1} maxRows={4} maxLength={500} />
        <Textarea {...bind('notes')} className="ownDirection" autosize minRows={2} maxRows={8} maxLength={4000} />
        <Checkbox {...form.getInputProps('deposit', { type: 'checkbox' })} label={t('scheduling.book.deposit')} />
        <OwnColour value={values.colour} usual={names.service(values.serviceId ?? '')?.colour ?? 'teal'} onChange={(colour) => form.setValues({ colour })} />
      </fieldset>
      {/* what is sent in there is no concern of the form around */}
      <div onSubmit={(event) => event.stopPropagation()}>
        <Suspense>
          {waiting ? <WishDrawer patientId={values.patientId} serviceId={values.serviceId} locationId={values.locationId} providerId={values.providerId} onClose={() => setWaiting(false)} /> : null}
        </Suspense>
      </div>
    </RecordDrawer>
  );
}

const Dim = ({ children }: { children: ReactNode }) => <span className={classes.hint}>{children}</span>;

type Form = ReturnType<typeof useRecordForm<Appointment, Draft>>['form'];
type Bind = ReturnType<typeof useFields<Appointment, Draft>>['bind'];

/** Several visits in one go, at the same time of day. */
function Repeat({ form, bind }: { form: Form; bind: Bind }) {
  const { t } = useLang();
  const { repeats } = form.values;
  const units = ['day', 'week', 'month'] as const;
  return (
    <>
      <Switch {...form.getInputProps('repeats', { type: 'checkbox' })} label={t('scheduling.book.repeats')} />
      {repeats ? (
        <div className={classes.repeat}>
          <TextInput {...bind('every')} className="ownDirection tnum" inputMode="numeric" maxLength={2} />
          <Select {...bind('unit')} allowDeselect={false} data={units.map((value) => ({ value, label: t(`scheduling.book.unit.${value}`) }))} />
          <TextInput {...bind('times')} className="ownDirection tnum" inputMode="numeric" maxLength={2} />
        </div>
      ) : null}
    </>
  );
}
