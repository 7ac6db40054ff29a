import { Button, Select, Switch, Textarea, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconTrash } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import forms from '@/shared/forms/forms.module.css';
import { RecordDrawer } from '@/shared/forms/RecordDrawer';
import { useFields } from '@/shared/forms/useFields';
import { useRecordForm } from '@/shared/forms/useRecordForm';
import { useSave } from '@/shared/forms/useSave';
import { useLang } from '@/shared/i18n';
import { patientSearchQuery } from '../api';
import { namesOf, phoneText } from '../person';
import { type FamilyMember, type Relationship, type Relative, useAddRelative, useChangeRelative } from './api';
import { changesOf, type Draft, draftOf, emptyDraft, fieldsOf, issuesOf, labels, relationships } from './draft';

type Props = { patient: string; member?: FamilyMember; readOnly: boolean; onClose: () => void; onRemove?: () => void };

const TYPING_MS = 250;
const SHOWN = 8;

export function RelativeDrawer({ patient, member, readOnly, onClose, onRemove }: Props) {
  const { t } = useLang();
  const record = useRecordForm<Relative, Draft>({ loaded: member?.relative, empty: emptyDraft, draftOf, issues: issuesOf });
  const { base, form } = record;
  const known = usePatients(patient, member);

  const valueText = (field: string, value: unknown) => {
    if (value === null || value === undefined || value === '') return '';
    if (field === 'relationship') return t(`family.is.${value as Relationship}`);
    if (field === 'relatedId') return known.nameOf(String(value));
    if (typeof value === 'boolean') return t(value ? 'answer.yes' : 'answer.no');
    return field === 'phone' ? phoneText(String(value)) : String(value);
  };
  const { bind } = useFields(record, labels, readOnly, valueText);
  const ticked = (field: 'isPatient' | 'guardian' | 'emergency') => {
    const { label, description } = bind(field);
    return { label, description, checked: form.values[field], disabled: readOnly, onChange: () => form.setFieldValue(field, !form.values[field]) };
  };
  const { save, busy } = useSave({
    base,
    create: useAddRelative(patient),
    change: useChangeRelative(),
    newOf: fieldsOf,
    changesOf,
    created: t('family.added'),
    onClose,
  });

  return (
    <RecordDrawer
      record={record}
      loaded={member?.relative}
      labels={labels}
      nowIn={(relative, field) => valueText(field, draftOf(relative)[field])}
      title={t(base ? 'family.edit' : 'family.new')}
      name={t(base ? 'family.edit' : 'family.new')}
      readOnly={readOnly ? t('form.readOnly') : undefined}
      busy={busy}
      save={save}
      create={t('family.create')}
      onClose={onClose}
      aside={
        base && onRemove && !readOnly ? (
          <Button variant="subtle" color="red" leftSection={<IconTrash size={16} />} onClick={onRemove}>
            {t('action.remove')}
          </Button>
        ) : null
      }
    >
      <Select {...bind('relationship')} data-autofocus allowDeselect={false} data={relationships.map((value) => ({ value, label: t(`family.is.${value}`) }))} />
      <Switch {...ticked('isPatient')} />
      {form.values.isPatient ? (
        <Select
          {...bind('relatedId')}
          searchable
          placeholder={t('family.search')}
          nothingFoundMessage={known.q ? t('family.nobody') : undefined}
          data={known.options}
          filter={({ options }) => options}
          onSearchChange={known.search}
        />
      ) : (
        <>
          <TextInput {...bind('name')} autoComplete="off" className="ownDirection" maxLength={200} />
          <div className={forms.two}>
            <TextInput {...bind('phone')} type="tel" inputMode="tel" autoComplete="off" dir="ltr" className="ownDirection tnum" maxLength={40} />
            <TextInput {...bind('email')} type="email" autoComplete="off" dir="ltr" className="ownDirection" maxLength={254} />
          </div>
        </>
      )}
      <Switch {...ticked('guardian')} />
      <Switch {...ticked('emergency')} />
      <Textarea {...bind('note')} autosize minRows={2} maxLength={500} className="ownDirection" />
    </RecordDrawer>
  );
}

/** Patients to choose from while somebody types, and the one who is chosen. */
function usePatients(patient: string, member: FamilyMember | undefined) {
  const { t, lang } = useLang();
  const [q, search] = useState('');
  const [typed] = useDebouncedValue(q.trim(), TYPING_MS);
  const found = useQuery({ ...patientSearchQuery(typed, SHOWN), enabled: typed.length > 1 }).data ?? [];
  const people = [...(member?.person ? [member.person] : []), ...found].filter((one, i, all) => one.id !== patient && all.findIndex((other) => other.id === one.id) === i);
  const options = people.map((one) => ({ value: one.id, label: `${namesOf(one, lang).name} · ${t('patients.number', { number: one.number })}` }));
  return { q: typed, search, options, nameOf: (id: string) => options.find((one) => one.value === id)?.label ?? '' };
}
