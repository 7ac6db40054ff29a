import { Button, Checkbox, MultiSelect, Select, Textarea, TextInput } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useCan, useSession } from '@/shared/auth/session';
import forms from '@/shared/forms/forms.module.css';
import { RecordDrawer, WaitingDrawer } from '@/shared/forms/RecordDrawer';
import { useFields } from '@/shared/forms/useFields';
import { useRecordForm } from '@/shared/forms/useRecordForm';
import { useSendKey } from '@/shared/forms/useSubmit';
import { useLang } from '@/shared/i18n';
import { wholeOf } from '@/shared/i18n/digits';
import { useErrorText } from '@/shared/i18n/errors';
import { DateField } from '@/shared/ui/DateField';
import { toast } from '@/shared/ui/toast';
import { appointmentListQuery } from '../api';
import { PatientField } from '../book/PatientField';
import { whenText } from '../book/when';
import { useDuration } from '../today/useDuration';
import { type Names, useNames } from '../useNames';
import { useAddWish, useChangeWish, useRenewWish, useWithdrawWish, type Wish, wishQuery } from './api';
import { type Draft, draftOf, emptyDraft, fieldsOf, issuesOf, type Known, labels } from './draft';
import classes from './Waitlist.module.css';
import { Windows } from './Windows';

export type WishDrawerProps = Known & { id?: string | undefined; onClose: () => void };

/** What a patient waits for: entered, or looked at and changed. */
export function WishDrawer({ id, onClose, ...known }: WishDrawerProps) {
  const { t } = useLang();
  const { user } = useSession();
  const names = useNames();
  const one = useQuery({ ...wishQuery(id ?? ''), enabled: !!id });
  if (!names.ready || (id && !one.data)) {
    return <WaitingDrawer title={t('waitlist.wish.title')} error={one.error} lines={7} retry={() => void one.refetch()} onClose={onClose} />;
  }
  return <Editor key={id ?? 'new'} loaded={one.data} names={names} known={{ ...known, locationId: known.locationId ?? names.usualPlace(user.id) }} onClose={onClose} />;
}

function Editor({ loaded, names, known, onClose }: { loaded: Wish | undefined; names: Names; known: Known; onClose: () => void }) {
  const { t } = useLang();
  const durationOf = useDuration();
  const mayWrite = useCan()('waitlist.write');
  const [empty] = useState(() => emptyDraft(known));
  const record = useRecordForm<Wish, Draft>({ loaded, empty, draftOf, issues: issuesOf });
  const { form, base = loaded } = record;
  const { values } = form;
  const waits = !base || base.status === 'waiting';
  const readOnly = !mayWrite ? t('form.readOnly') : waits ? undefined : t(base.status === 'fulfilled' ? 'waitlist.wish.is.fulfilled' : 'waitlist.wish.is.withdrawn');
  const { bind } = useFields(record, labels, !!readOnly);
  const add = useAddWish();
  const change = useChangeWish();
  const keyOf = useSendKey();
  const save = async (draft: Draft) => {
    const fields = fieldsOf(draft);
    if (base) record.begin(await change.mutateAsync({ id: base.id, body: { ...fields, version: base.version } }));
    else await add.mutateAsync({ body: fields, key: keyOf(fields) });
    toast.done(t(base ? 'form.saved' : 'waitlist.wish.added'));
    onClose();
  };
  const notice = wholeOf(values.noticeMinutes);
  const choice = { allowDeselect: false, searchable: true, nothingFoundMessage: t('search.nothing') } as const;
  return (
    <RecordDrawer
      record={record}
      loaded={loaded}
      labels={labels}
      title={t(base ? 'waitlist.wish.title' : 'waitlist.wish.new')}
      name={t('waitlist.wish.title')}
      readOnly={readOnly}
      busy={add.isPending || change.isPending}
      save={save}
      create={t('waitlist.wish.add')}
      aside={base && waits ? <Withdraw wish={base} onDone={onClose} /> : undefined}
      onClose={onClose}
    >
      <PatientField value={values.patientId} error={form.errors.patientId} readOnly={!!base || !!readOnly} onChange={(patientId) => {
        form.setValues({ patientId, givesUpId: null });
        form.clearFieldError('patientId');
      }} />
      <div className={forms.two}>
        <Select {...bind('serviceId')} {...choice} data-autofocus={known.patientId && !base ? true : undefined} data={names.serviceChoices} />
        <Select {...bind('locationId')} {...choice} data={names.placeChoices} />
      </div>
      <MultiSelect {...bind('providerIds')} searchable clearable placeholder={values.providerIds.length ? '' : t('scheduling.book.anybody')} nothingFoundMessage={t('search.nothing')} data={names.personChoices(values.serviceId, values.locationId)} />
      <Windows value={values.windows} error={form.errors.windows} readOnly={!!readOnly} onChange={(windows) => {
        form.setValues({ windows });
        form.clearFieldError('windows');
      }} />
      <div className={forms.two}>
        <DateField {...bind('earliest')} value={values.earliest} onChange={(earliest) => form.setValues({ earliest })} />
        <DateField {...bind('latest')} value={values.latest} onChange={(latest) => form.setValues({ latest })} />
      </div>
      <TextInput {...bind('noticeMinutes', notice && notice >= 60 ? durationOf(notice) : t('waitlist.wish.noticeHint'))} w={200} className="ownDirection tnum" inputMode="numeric" maxLength={5} placeholder="0" rightSection={<span className={classes.hint}>{t('unit.min')}</span>} rightSectionWidth={56} />
      <Checkbox {...form.getInputProps('urgent', { type: 'checkbox' })} label={t('waitlist.wish.urgent')} description={t('waitlist.wish.urgentHint')} disabled={!!readOnly} />
      {values.patientId ? <GivesUp patientId={values.patientId} names={names} field={bind('givesUpId', t('waitlist.wish.givesUpHint'))} /> : null}
      <Textarea {...bind('note')} className="ownDirection" autosize minRows={2} maxRows={6} maxLength={1000} />
      {base?.status === 'withdrawn' && mayWrite ? <Renew wish={base} onDone={onClose} /> : null}
    </RecordDrawer>
  );
}

type Field = ReturnType<ReturnType<typeof useFields<Wish, Draft>>['bind']>;

/** The patient's appointments that are to come: one of them may be moved for an earlier time. */
function GivesUp({ patientId, names, field }: { patientId: string; names: Names; field: Field }) {
  const { lang } = useLang();
  const [from] = useState(() => new Date().toISOString());
  const ahead = useInfiniteQuery(appointmentListQuery({ patientId, from, sort: 'start' }));
  const items = (ahead.data?.pages ?? []).flatMap((page) => page.items).filter(({ status }) => status === 'scheduled' || status === 'confirmed');
  if (!items.length) return null;
  const data = items.map((item) => ({ value: item.id, label: `${whenText(lang, item.timeZone, item.start)} · ${names.serviceName(item.serviceId)}` }));
  return <Select {...field} clearable data={data} />;
}

function Withdraw({ wish, onDone }: { wish: Wish; onDone: () => void }) {
  const { t } = useLang();
  const textOf = useErrorText();
  const withdraw = useWithdrawWish();
  const renew = useRenewWish();
  const go = async () => {
    try {
      const now = await withdraw.mutateAsync({ id: wish.id, version: wish.version });
      toast.undoable(t('waitlist.wish.withdrawn'), t('action.undo'), () => void renew.mutateAsync({ id: now.id, version: now.version }).catch((error) => toast.failed(textOf(error))));
      onDone();
    } catch (error) {
      toast.failed(textOf(error));
    }
  };
  return (
    <Button variant="subtle" color="red" loading={withdraw.isPending} onClick={() => void go()}>
      {t('waitlist.wish.withdraw')}
    </Button>
  );
}

function Renew({ wish, onDone }: { wish: Wish; onDone: () => void }) {
  const { t } = useLang();
  const textOf = useErrorText();
  const renew = useRenewWish();
  const go = () => renew.mutateAsync({ id: wish.id, version: wish.version }).then(onDone, (error) => toast.failed(textOf(error)));
  return (
    <Button variant="light" loading={renew.isPending} onClick={() => void go()} style={{ alignSelf: 'start' }}>
      {t('waitlist.wish.renew')}
    </Button>
  );
}
