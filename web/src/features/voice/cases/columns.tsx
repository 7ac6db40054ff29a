import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { namesOf } from '@/features/patients/person';
import { useSession } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { formatDateTime, formatNumber } from '@/shared/i18n/format';
import type { CallWorkflow } from '../api';
import { CaseMark } from '../marks';
import { Value } from '../Value';
import { isEmpty, labelOf, listed } from '../values';
import type { Case } from './api';
import classes from './Cases.module.css';

export type Column = { name: string; head: string; sortable: boolean; cell: (one: Case) => ReactNode };

/** Columns behind the first: the rest of the fields of the list, then what all cases have. */
export function useColumns(workflow: CallWorkflow): { first: { name: string | undefined; head: string }; rest: Column[] } {
  const { t, lang } = useLang();
  const { timeZone } = useSession().practice;
  const [first, ...others] = listed(workflow.fields);
  const own = others.map((field): Column => ({
    name: `fields.${field.key}`,
    head: labelOf(field.label, lang),
    sortable: true,
    cell: (one) => (isEmpty(one.fields[field.key]) ? null : <Value field={field} value={one.fields[field.key]} />),
  }));
  const common: Column[] = [
    { name: 'callStatus', head: t('cases.col.callStatus'), sortable: false, cell: (one) => <CaseMark status={one.callStatus} /> },
    { name: 'calls', head: t('cases.col.calls'), sortable: false, cell: (one) => (one.calls ? formatNumber(lang, one.calls) : null) },
    { name: 'lastCallAt', head: t('cases.col.lastCallAt'), sortable: true, cell: (one) => (one.lastCallAt ? formatDateTime(lang, timeZone, one.lastCallAt) : null) },
    { name: 'patient', head: t('cases.col.patient'), sortable: false, cell: (one) => (one.patient ? <PatientCell patient={one.patient} /> : null) },
    { name: 'createdAt', head: t('cases.col.createdAt'), sortable: true, cell: (one) => formatDateTime(lang, timeZone, one.createdAt) },
  ];
  return {
    first: first ? { name: `fields.${first.key}`, head: labelOf(first.label, lang) } : { name: undefined, head: t('cases.col.case') },
    rest: [...own, ...common],
  };
}

function PatientCell({ patient }: { patient: NonNullable<Case['patient']> }) {
  const { lang } = useLang();
  return (
    <Link to="/patients/$id" params={{ id: patient.id }} search={{}} className={classes.patient} onClick={(event) => event.stopPropagation()}>
      <bdi>{namesOf(patient, lang).name}</bdi>
    </Link>
  );
}
