import { Select, type SelectProps } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { patientQuery, patientSearchQuery } from '@/features/patients/api';
import { namesOf } from '@/features/patients/person';
import { useLang } from '@/shared/i18n';

const TYPING_MS = 200;

type Props = Omit<SelectProps, 'data' | 'value' | 'onChange' | 'error'> & { value: string | null; onChange: (id: string | null) => void; error?: string | undefined; description?: string | undefined };

/** One patient, by name, phone or number. */
export function PatientPicker({ value, onChange, error, ...rest }: Props) {
  const { t, lang } = useLang();
  const [typed, setTyped] = useState('');
  const [q] = useDebouncedValue(typed.trim(), TYPING_MS);
  const found = useQuery({ ...patientSearchQuery(q), enabled: q.length >= 2 }).data ?? [];
  const chosen = useQuery({ ...patientQuery(value ?? ''), enabled: !!value }).data;
  const named = [...(chosen ? [chosen] : []), ...found];
  const data = [...new Map(named.map((one) => [one.id, { value: one.id, label: namesOf(one, lang).name }])).values()];
  return (
    <Select
      {...rest}
      {...(error ? { error } : {})}
      placeholder={t('workflows.pick.patient')}
      data={data}
      value={value}
      searchable
      clearable
      // what fits was decided by the server
      filter={({ options }) => options}
      nothingFoundMessage={q.length >= 2 ? t('workflows.pick.nothing') : t('workflows.pick.type')}
      onSearchChange={setTyped}
      onChange={onChange}
    />
  );
}
