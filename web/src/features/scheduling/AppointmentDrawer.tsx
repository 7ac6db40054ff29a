import { Button, Checkbox, Textarea, Title } from '@mantine/core';
import { IconArrowsExchange, IconCalendarX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { hasCode } from '@/shared/api/problem';
import { RecordDrawer, WaitingDrawer } from '@/shared/forms/RecordDrawer';
import { differing, orNull } from '@/shared/forms/merge';
import { type Labels, useFields } from '@/shared/forms/useFields';
import { useRecordForm } from '@/shared/forms/useRecordForm';
import { useLang } from '@/shared/i18n';
import { Empty } from '@/shared/ui/Page';
import { SideDrawer } from '@/shared/ui/SideDrawer';
import { toast } from '@/shared/ui/toast';
import { type Appointment, appointmentQuery, useChange } from './api';
import { OwnColour } from './book/OwnColour';
import type { Chosen } from './book/Times';
import { Mark } from './calcom/Mark';
import { type Refusal, refusalOf } from './refusal';
import { StatusMark } from './StatusMark';
import { type Names, useNames } from './useNames';
import { Actions } from './visit/Actions';
import { Course, Facts, Who, WhyCancelled } from './visit/Facts';
import { PatientLink } from './visit/PatientLink';
import { columnOf, type Step } from './visit/stages';
import { useMayChange, useRefused, useSteps } from './visit/useSteps';
import classes from './visit/Visit.module.css';

const Busy = lazy(() => import('./book/Busy').then((m) => ({ default: m.Busy })));
const BookDrawer = lazy(() => import('./BookDrawer').then((m) => ({ default: m.BookDrawer })));
const MoveDrawer = lazy(() => import('./visit/MoveDrawer').then((m) => ({ default: m.MoveDrawer })));
const CancelDialog = lazy(() => import('./visit/CancelDialog').then((m) => ({ default: m.CancelDialog })));

type Props = { id: string; onClose: () => void };

/** One appointment: who comes, when, how far it has come, and everything that can be done about it. */
export function AppointmentDrawer({ id, onClose }: Props) {
  const { t } = useLang();
  const names = useNames();
  const found = useQuery(appointmentQuery(id));
  if (found.data) return <Editor key={id} loaded={found.data} names={names} onClose={onClose} />;
  if (hasCode(found.error, 'not_found'))
    return (
      <SideDrawer title={t('scheduling.visit.title')} onClose={onClose}>
        <Empty icon={<IconCalendarX size={26} stroke={1.6} />} title={t('scheduling.visit.gone')} text={t('scheduling.visit.goneText')} />
      </SideDrawer>
    );
  return <WaitingDrawer title={t('scheduling.visit.title')} error={found.error} lines={7} retry={() => void found.refetch()} onClose={onClose} />;
}

type Draft = { reason: string; notes: string; colour: Appointment['colour']; deposit: boolean };
const labels: Labels<Draft> = { reason: 'scheduling.book.reason', notes: 'scheduling.book.notes', colour: 'field.colour', deposit: 'scheduling.book.deposit' };
const draftOf = (a: Appointment): Draft => ({ reason: a.reason ?? '', notes: a.notes ?? '', colour: a.colour ?? null, deposit: a.deposit ?? false });
const bodyOf = (d: Draft) => ({ reason: orNull(d.reason), notes: orNull(d.notes), colour: d.colour ?? null, deposit: d.deposit });

function Editor({ loaded, names, onClose }: { loaded: Appointment; names: Names; onClose: () => void }) {
  const { t } = useLang();
  const readOnly = !useMayChange()(loaded);
  const [asking, setAsking] = useState<Asking>();
  const details = useDetails(loaded, onClose);
  const { record, base } = details;
  return (
    <>
      <RecordDrawer
        record={record}
        loaded={loaded}
        labels={labels}
        title={
          <span className={classes.status}>
            {t('scheduling.visit.title')}
            <StatusMark status={base.status} />
          </span>
        }
        name={t('scheduling.visit.title')}
        readOnly={readOnly ? t('form.readOnly') : undefined}
        busy={details.saving}
        save={details.save}
        create=""
        nowIn={(now, field) => details.say(field, draftOf(now)[field])}
        onClose={onClose}
      >
        <Who patientId={base.patientId} />
        <Facts appointment={base} names={names} />
        <Mark appointmentId={base.id} />
        {base.cancellation ? <WhyCancelled why={base.cancellation} /> : null}
        {readOnly ? null : (
          <fieldset className="bare" disabled={record.dirty || !!record.newer}>
            <Acts appointment={base} names={names} onAsk={setAsking} />
          </fieldset>
        )}
        <DetailFields details={details} names={names} readOnly={readOnly} />
        <section className={classes.part}>
          <Title order={3}>{t('scheduling.visit.course')}</Title>
          <Course appointment={base} />
        </section>
      </RecordDrawer>
      <Suspense>
        {asking === 'move' ? <MoveDrawer appointment={base} names={names} onClose={() => setAsking(undefined)} /> : null}
        {asking === 'cancel' ? <CancelDialog appointment={base} onClose={() => setAsking(undefined)} /> : null}
      </Suspense>
    </>
  );
}

/** What is known of the visit besides its time, while it is changed, and sending that. */
function useDetails(loaded: Appointment, onDone: () => void) {
  const { t } = useLang();
  const record = useRecordForm<Appointment, Draft>({ loaded, empty: draftOf(loaded), draftOf, issues: () => ({}) });
  const { base = loaded } = record;
  const change = useChange();
  const say = (field: keyof Draft, value: unknown) => {
    if (field === 'colour') return value ? t(`colour.${value as NonNullable<Draft['colour']>}`) : '';
    return typeof value === 'boolean' ? t(value ? 'answer.yes' : 'answer.no') : String(value ?? '');
  };
  const save = async (draft: Draft) => {
    const changes = differing(bodyOf(draft), bodyOf(draftOf(base)));
    if (!Object.keys(changes).length) return onDone();
    record.begin(await change.mutateAsync({ id: base.id, body: { version: base.version, ...changes } }));
    toast.done(t('form.saved'));
  };
  return { record, base, say, save, saving: change.isPending };
}

type FieldsProps = { details: ReturnType<typeof useDetails>; names: Names; readOnly: boolean };

function DetailFields({ details: { record, base, say }, names, readOnly }: FieldsProps) {
  const { t } = useLang();
  const { form } = record;
  const { bind, wasMine } = useFields(record, labels, readOnly, say);
  return (
    <section className={classes.part}>
      <Textarea {...bind('reason')} className="ownDirection" autosize minRows={1} maxRows={5} maxLength={500} />
      <Textarea {...bind('notes')} className="ownDirection" autosize minRows={2} maxRows={10} maxLength={4000} />
      <Checkbox {...form.getInputProps('deposit', { type: 'checkbox' })} label={t(labels.deposit)} disabled={readOnly} description={wasMine('deposit')} />
      {readOnly ? null : <OwnColour value={form.values.colour ?? null} usual={names.service(base.serviceId)?.colour ?? 'teal'} onChange={(colour) => form.setValues({ colour })} />}
      {wasMine('colour')}
    </section>
  );
}

type Asking = 'move' | 'cancel';

/** What can be done with it now. */
function Acts({ appointment: a, names, onAsk }: { appointment: Appointment; names: Names; onAsk: (what: Asking) => void }) {
  const { t } = useLang();
  const open = columnOf(a) && a.status !== 'completed';
  const toDecide = (a.status === 'scheduled' || a.status === 'confirmed') && Date.parse(a.end) > Date.now();
  return (
    <>
      <Stages appointment={a} names={names} />
      {open ? (
        <div className={classes.moves}>
          <Button size="sm" variant="default" leftSection={<IconArrowsExchange size={16} />} onClick={() => onAsk('move')}>
            {t('scheduling.visit.move')}
          </Button>
          <Button size="sm" variant="subtle" color="red" onClick={() => onAsk('cancel')}>
            {t('scheduling.visit.cancel')}
          </Button>
        </div>
      ) : null}
      {toDecide ? <PatientLink key={a.version} appointment={a} /> : null}
    </>
  );
}

/** What can be said of it next; one that comes back may find its time taken. */
function Stages({ appointment: a, names }: { appointment: Appointment; names: Names }) {
  const { t } = useLang();
  const { go, busy } = useSteps();
  const refused = useRefused();
  const [refusal, setRefusal] = useState<Refusal>();
  const [instead, setInstead] = useState<Chosen>();
  const step = async (steps: Step[]) => {
    setRefusal(undefined);
    const last = steps.at(-1)!;
    const status = 'checkOut' in last ? t('scheduling.visit.at.out') : t(`appointment.status.${last.status}`);
    await go(a, steps, t('scheduling.visit.now', { status }), (error) => {
      const taken = refusalOf(error);
      if (taken) setRefusal(taken);
      else refused(error);
    });
  };
  return (
    <>
      <Actions appointment={a} busy={busy} onStep={(steps) => void step(steps)} />
      <Suspense>{refusal ? <Busy refusal={refusal} names={names} zone={a.timeZone} onTake={setInstead} /> : null}</Suspense>
      {/* what is sent in there is no concern of the form around */}
      <div onSubmit={(event) => event.stopPropagation()}>
        <Suspense>
          {instead ? (
            <BookDrawer opened onClose={() => setInstead(undefined)} patientId={a.patientId} serviceId={a.serviceId} locationId={a.locationId} start={instead.start} providerId={instead.providerIds[0] ?? a.providerIds[0]} />
          ) : null}
        </Suspense>
      </div>
    </>
  );
}
