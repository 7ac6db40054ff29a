import { Select } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { patientQuery, patientSearchQuery } from '@/features/patients/api';
import { namesOf, phoneText } from '@/features/patients/person';
import { useLang } from '@/shared/i18n';
import { formatDayShort } from '@/shared/i18n/format';
import classes from './PatientPick.module.css';

const TYPING_MS = 150;
const LETTERS = 2;

type Props = {
  label: string;
  labelHidden?: boolean;
  placeholder?: string;
  value: string | null;
  error?: ReactNode;
  clearable?: boolean;
  onChange: (id: string | null) => void;
};

/** A patient, found by name, number or telephone as one types. */
export function PatientPick({ label, labelHidden = false, placeholder, value, error, clearable = false, onChange }: Props) {
  const { t, lang } = useLang();
  const [typed, setTyped] = useState('');
  const chosen = useQuery({ ...patientQuery(value ?? ''), enabled: !!value }).data;
  const name = chosen && value ? namesOf(chosen, lang).name : '';
  const wanted = typed.trim() === name ? '' : typed.trim();
  const [q] = useDebouncedValue(wanted, TYPING_MS);
  const search = useQuery({ ...patientSearchQuery(q), enabled: q.length >= LETTERS });
  const found = wanted.length >= LETTERS ? (search.data ?? []) : [];
  const data = [...(chosen && value && !found.some((one) => one.id === chosen.id) ? [{ value: chosen.id, label: name }] : []), ...found.map((one) => ({ value: one.id, label: namesOf(one, lang).name }))];
  return (
    <Select
      {...(labelHidden ? { 'aria-label': label } : { label })}
      placeholder={placeholder ?? t('patients.search')}
      leftSection={<IconSearch size={16} stroke={1.8} />}
      searchable
      clearable={clearable}
      data={data}
      // found by the server, by more than their names
      filter={({ options }) => options}
      searchValue={typed}
      onSearchChange={setTyped}
      value={name ? value : null}
      onChange={onChange}
      error={error}
      nothingFoundMessage={search.isFetching ? '…' : t('search.nothing')}
      renderOption={({ option }) => {
        const one = found.find((other) => other.id === option.value);
        return (
          <span className={classes.option}>
            <bdi>{option.label}</bdi>
            {one ? (
              <small className="tnum">
                {[t('patients.number', { number: one.number }), one.birthDate ? formatDayShort(lang, one.birthDate) : '', one.phone ? `\u2066${phoneText(one.phone)}\u2069` : ''].filter(Boolean).join(' · ')}
              </small>
            ) : null}
          </span>
        );
      }}
    />
  );
}
