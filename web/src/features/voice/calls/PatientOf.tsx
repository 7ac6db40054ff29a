import { Button } from '@mantine/core';
import { IconUserSearch } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import { namesOf } from '@/features/patients/person';
import { useCan } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { type CallDetail, caseQuery } from './api';
import classes from './Calls.module.css';

const LinkDialog = lazy(() => import('./LinkDialog').then((m) => ({ default: m.LinkDialog })));

/** Whom a call is about: the patient of the call, else the one that its case was given meanwhile. */
export function usePatientOf(call: CallDetail) {
  const may = useCan()('cases.read');
  const one = useQuery({ ...caseQuery(call.caseId ?? ''), enabled: may && !call.patientId && !!call.caseId }).data;
  return { case: one, id: call.patientId ?? one?.patientId ?? undefined, names: call.patient ?? one?.patient ?? undefined };
}

/** How whoever it is about is called, which leads to their record. */
export function PatientName({ call }: { call: CallDetail }) {
  const { t, lang } = useLang();
  const mayLook = useCan()('patients.read');
  const { id, names } = usePatientOf(call);
  const name = <bdi>{names ? namesOf(names, lang).name : t(id ? 'calls.patient.open' : 'calls.somebody')}</bdi>;
  if (!id || !mayLook) return name;
  return (
    <Link to="/patients/$id" params={{ id }} className={classes.name}>
      {name}
    </Link>
  );
}

/** The way to say who it is, where that is not known. */
export function LinkPatient({ call }: { call: CallDetail }) {
  const { t } = useLang();
  const can = useCan();
  const patient = usePatientOf(call);
  const [linking, setLinking] = useState(false);
  if (patient.id || !patient.case || !can('cases.write') || !can('patients.read')) return null;
  return (
    <>
      <Button size="xs" variant="light" leftSection={<IconUserSearch size={15} />} onClick={() => setLinking(true)}>
        {t('calls.patient.link')}
      </Button>
      <Suspense>{linking ? <LinkDialog of={patient.case} onClose={() => setLinking(false)} /> : null}</Suspense>
    </>
  );
}
