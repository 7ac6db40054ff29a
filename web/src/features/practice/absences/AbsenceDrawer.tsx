import { Button, Select, Switch, TextInput } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useCan, useSession } from '@/shared/auth/session';
import forms from '@/shared/forms/forms.module.css';
import { RecordDrawer, WaitingDrawer } from '@/shared/forms/RecordDrawer';
import { useFields } from '@/shared/forms/useFields';
import { useRecordForm } from '@/shared/forms/useRecordForm';
import { useSave } from '@/shared/forms/useSave';
import { useLang } from '@/shared/i18n';
import { formatDay } from '@/shared/i18n/format';
import { DateField } from '@/shared/ui/DateField';
import type { Owner } from '../hours/api';
import { useOwners } from '../hours/useOwners';
import { type Absence, absenceQuery, type Kind, useChangeAbsence, useCreateAbsence } from './api';
import { changesOf, type Draft, draftOf, emptyDraft, issues, kindsOf, labels, newAbsenceOf } from './draft';
import { useMayWrite } from './useMayWrite';
import { useRemove } from './useRemove';

type Props = { id?: string; listed?: Absence | undefined; owner: Owner | null; today: string; onClose: () => void };

export function AbsenceDrawer({ id, listed, ...rest }: Props) {
  if (!id) return <Editor key="new" {...rest} />;
  return <Loaded key={id} id={id} listed={listed} {...rest} />;
}

function Loaded({ id, listed, ...rest }: Props & { id: string }) {
  const { t } = useLang();
  const absence = useQuery({ ...absenceQuery(id), ...(listed ? { initialData: listed, initialDataUpdatedAt: 0 } : {}) });
  if (absence.data) return <Editor loaded={absence.data} {...rest} />;
  return <WaitingDrawer title={t('absences.one')} error={absence.error} lines={5} retry={() => void absence.refetch()} onClose={rest.onClose} />;
}

function Editor({ loaded, owner, today, onClose }: Omit<Props, 'id' | 'listed'> & { loaded?: Absence }) {
  const { t, lang } = useLang();
  const can = useCan();
  const { user } = useSession();
  const owners = useOwners();
  const mayWrite = useMayWrite();
  const readOnly = !!loaded && !mayWrite(loaded.owner);
  const own = `provider:${user.id}`;
  const record = useRecordForm<Absence, Draft>({
    loaded,
    empty: emptyDraft(can('hours.write') ? owner : own, today),
    draftOf,
    issues,
  });
  const { base, form } = record;
  const { values } = form;
  const remove = useRemove();
  const { bind, wasMine } = useFields(record, labels, readOnly, (field, value) => {
    if (field === 'kind') return t(`absences.kind.${value as Kind}`);
    if (field === 'firstDay' || field === 'lastDay') return formatDay(lang, String(value));
    if (field === 'wholeDays') return t(value ? 'answer.yes' : 'answer.no');
    return String(value ?? '');
  });
  const setOwner = (next: string | null) => {
    const kinds = kindsOf(next);
    form.setValues({ owner: next, ...(kinds.includes(values.kind) ? {} : { kind: kinds[0]! }) });
  };
  const setFirst = (firstDay: string) => form.setValues({ firstDay, ...(values.lastDay < firstDay ? { lastDay: firstDay } : {}) });

  const { save, busy } = useSave({
    base,
    create: useCreateAbsence(),
    change: useChangeAbsence(),
    newOf: newAbsenceOf,
    changesOf,
    created: t('absences.created'),
    onClose,
  });
  const time = { className: 'ownDirection tnum', autoComplete: 'off', maxLength: 12 } as const;

  return (
    <RecordDrawer
      record={record}
      loaded={loaded}
      labels={labels}
      title={t(base ? 'absences.one' : 'absences.new')}
      name={t(base ? 'absences.one' : 'absences.new')}
      readOnly={readOnly ? t('form.readOnly') : undefined}
      busy={busy}
      save={save}
      create={t('absences.create')}
      onClose={onClose}
      aside={
        base ? (
          <Button
            variant="subtle"
            color="red"
            leftSection={<IconTrash size={16} />}
            onClick={() => {
              remove(base);
              onClose();
            }}
          >
            {t('action.remove')}
          </Button>
        ) : null
      }
    >
      <Select
        {...bind('owner')}
        data={owners.options}
        onChange={setOwner}
        readOnly={!!base || !can('hours.write')}
        searchable={!base && can('hours.write')}
        allowDeselect={false}
        nothingFoundMessage={t('search.nothing')}
        {...(base ? {} : { 'data-autofocus': true })}
      />
      <Select {...bind('kind')} data={kindsOf(values.owner).map((kind) => ({ value: kind, label: t(`absences.kind.${kind}`) }))} allowDeselect={false} />
      <Switch {...form.getInputProps('wholeDays', { type: 'checkbox' })} label={t(labels.wholeDays)} disabled={readOnly} description={wasMine('wholeDays')} />
      <div className={forms.two}>
        <DateField {...bind('firstDay')} value={values.firstDay} onChange={setFirst} hijri />
        {values.wholeDays ? <DateField {...bind('lastDay')} value={values.lastDay} hijri /> : <TextInput {...bind('fromTime')} {...time} />}
      </div>
      {values.wholeDays ? null : (
        <div className={forms.two}>
          <DateField {...bind('lastDay')} value={values.lastDay} hijri />
          <TextInput {...bind('toTime')} {...time} />
        </div>
      )}
      <TextInput {...bind('note', t('absences.noteHint'))} className="ownDirection" maxLength={500} />
    </RecordDrawer>
  );
}
