import { Select, TextInput } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { useLang } from '@/shared/i18n';
import { useBuilder } from '../builder/useBuilder';
import type { Choice } from '../useRefs';
import { isListed, isOfPatient, useListed, useRecord, useRecordsOf } from '../useRecords';
import { PatientPicker } from './PatientPicker';

type Props = {
  /** Of which kind the record is. */
  of: string;
  label: string;
  value: string | null;
  onChange: (id: string | null) => void;
  description?: string | undefined;
  error?: string | undefined;
  required?: boolean;
  readOnly?: boolean;
  /** What stands within the field, at its end. */
  aside?: ReactNode;
};

const withAside = (aside: ReactNode) => (aside ? { rightSection: aside, rightSectionWidth: 36, rightSectionPointerEvents: 'all' as const } : {});

/** One record, found as people find it. Only what there is no way to look for is entered by its id. */
export function RecordPicker({ of, aside, ...rest }: Props) {
  const { t } = useLang();
  if (of === 'patient') return <PatientPicker {...rest} {...withAside(aside)} />;
  if (isOfPatient(of)) return <OfPatient {...rest} of={of} aside={aside} />;
  if (isListed(of)) return <Listed {...rest} of={of} aside={aside} />;
  const { value, onChange, description, ...field } = rest;
  return <TextInput {...field} {...withAside(aside)} description={description ?? t('workflows.pick.id')} className="ownDirection" spellCheck={false} value={value ?? ''} onChange={(event) => onChange(event.currentTarget.value.trim() || null)} />;
}

type OfProps<K extends string> = Omit<Props, 'of'> & { of: K };

/** Whose, and which of theirs. */
function OfPatient({ of, aside, label, value, onChange, description, error, required = false, readOnly = false }: OfProps<Parameters<typeof useRecordsOf>[0]>) {
  const { t } = useLang();
  const { words } = useBuilder();
  const [chosen, setChosen] = useState<string | null>(null);
  const now = useRecord(of, value);
  // whose it is is known of most; of others, whom one has chosen
  const patient = (value ? now.patient : null) ?? chosen;
  const records = useRecordsOf(of, patient);
  return (
    <>
      <PatientPicker
        label={t('workflows.pick.whose', { what: label })}
        value={patient}
        required={required}
        readOnly={readOnly}
        onChange={(next) => {
          setChosen(next);
          onChange(null);
        }}
      />
      <Select
        {...withAside(aside)}
        label={label}
        description={description}
        error={error}
        required={required}
        readOnly={readOnly}
        disabled={!patient && !value}
        placeholder={patient ? t('workflows.pick.choose') : t('workflows.pick.patientFirst')}
        data={withChosen(records, value, now.name === null ? words.gone(of) : now.name)}
        nothingFoundMessage={t('workflows.pick.nothing')}
        searchable
        value={value}
        onChange={onChange}
      />
    </>
  );
}

function Listed({ of, aside, value, onChange, ...rest }: OfProps<Parameters<typeof useListed>[0]>) {
  const { t } = useLang();
  const { words } = useBuilder();
  const now = useRecord(of, value);
  const records = useListed(of);
  return <Select {...rest} {...withAside(aside)} placeholder={t('workflows.pick.choose')} data={withChosen(records, value, now.name === null ? words.gone(of) : now.name)} nothingFoundMessage={t('workflows.pick.nothing')} searchable clearable={!aside} value={value} onChange={onChange} />;
}

/** What was chosen is shown also when it is not among what there is to choose from. */
const withChosen = (records: Choice[], value: string | null, name: string | undefined): Choice[] => (!value || records.some((one) => one.value === value) ? records : [{ value, label: name ?? '…' }, ...records]);
