import { Button, Select } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconSearch, IconUserPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { lazy, type ReactNode, Suspense, useState } from 'react';
import { patientQuery, patientSearchQuery } from '@/features/patients/api';
import { AlertList, Phone } from '@/features/patients/marks';
import { namesOf } from '@/features/patients/person';
import { useCan } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { formatDayShort } from '@/shared/i18n/format';
import classes from './Book.module.css';

const PatientDrawer = lazy(() => import('@/features/patients/PatientDrawer').then((m) => ({ default: m.PatientDrawer })));
const TYPING_MS = 150;
const LETTERS = 2;

type Props = {
  value: string | null;
  error?: ReactNode;
  readOnly: boolean;
  /** Nobody is a choice as well, and not the first that is asked for. */
  optional?: boolean;
  onChange: (id: string | null) => void;
};

/** Who comes: found by name, number or telephone as one types, or entered in passing. */
export function PatientField({ value, error, readOnly, optional = false, onChange }: Props) {
  const { t, lang } = useLang();
  const mayEnter = useCan()('patients.write');
  const [typed, setTyped] = useState('');
  const [entering, setEntering] = useState(false);
  const chosen = useQuery({ ...patientQuery(value ?? ''), enabled: !!value }).data;
  const name = chosen ? namesOf(chosen, lang).name : '';
  const wanted = typed.trim() === name ? '' : typed.trim();
  const [q] = useDebouncedValue(wanted, TYPING_MS);
  const search = useQuery({ ...patientSearchQuery(q), enabled: q.length >= LETTERS });
  const found = wanted.length >= LETTERS ? (search.data ?? []) : [];
  const data = [...(chosen && !found.some((one) => one.id === chosen.id) ? [{ value: chosen.id, label: name }] : []), ...found.map((one) => ({ value: one.id, label: namesOf(one, lang).name }))];

  return (
    <div className={classes.patient}>
      <Select
        label={t('scheduling.book.patient')}
        placeholder={t('scheduling.book.patientHint')}
        leftSection={<IconSearch size={16} stroke={1.8} />}
        searchable
        readOnly={readOnly}
        clearable={optional && !readOnly}
        data-autofocus={value || optional ? undefined : true}
        data={data}
        // found by the server, by more than their names
        filter={({ options }) => options}
        searchValue={typed}
        onSearchChange={setTyped}
        value={chosen ? value : null}
        onChange={onChange}
        error={error}
        nothingFoundMessage={wanted.length < LETTERS ? t('scheduling.book.typeMore') : search.isFetching ? '…' : t('scheduling.book.nobody')}
        renderOption={({ option }) => {
          const one = found.find((other) => other.id === option.value);
          return (
            <span className={classes.option}>
              <bdi>{option.label}</bdi>
              {one ? (
                <small className="tnum">
                  {t('patients.number', { number: one.number })}
                  {one.birthDate ? ` · ${formatDayShort(lang, one.birthDate)}` : ''}
                  {one.phone ? (
                    <>
                      {' · '}
                      <Phone number={one.phone} />
                    </>
                  ) : null}
                </small>
              ) : null}
            </span>
          );
        }}
      />
      {!value && mayEnter ? (
        <Button variant="subtle" size="compact-sm" className={classes.enter ?? ''} leftSection={<IconUserPlus size={15} stroke={1.8} />} onClick={() => setEntering(true)}>
          {wanted ? t('scheduling.book.newPatientNamed', { name: wanted }) : t('scheduling.book.newPatient')}
        </Button>
      ) : null}
      {chosen ? <AlertList alerts={chosen.alerts} /> : null}
      {/* what is sent in there is no concern of the form around */}
      <div onSubmit={(event) => event.stopPropagation()}>
        <Suspense>
          {entering ? (
            <PatientDrawer
              typed={wanted}
              onClose={() => setEntering(false)}
              onCreated={(patient) => {
                setEntering(false);
                onChange(patient.id);
              }}
            />
          ) : null}
        </Suspense>
      </div>
    </div>
  );
}
