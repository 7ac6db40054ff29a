import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useCan, useSession } from '@/shared/auth/session';
import { RecordDrawer, WaitingDrawer } from '@/shared/forms/RecordDrawer';
import { useRecordForm } from '@/shared/forms/useRecordForm';
import { useSave } from '@/shared/forms/useSave';
import { useLang, wantTexts } from '@/shared/i18n';
import { todayIn } from '@/shared/i18n/format';
import { type Patient, patientQuery, useChangePatient, useCreatePatient } from './api';
import { atRows, changesOf, type Draft, draftOf, emptyDraft, fieldsOf, type Ground, issuesOf, labels, partsOf, withTyped } from './draft';
import { type CustomField, customFields, inUse } from './fields/api';
import { PatientForm } from './PatientForm';
import { namesOf } from './person';
import { usePatientWords } from './words';

type Props = {
  /** Missing: a new patient. */
  id?: string;
  /** Of a new patient: what was typed while looking for them. */
  typed?: string;
  onClose: () => void;
  onCreated?: (patient: Patient) => void;
};

export function PatientDrawer({ id, ...rest }: Props) {
  const { t } = useLang();
  useEffect(() => void wantTexts('patients'), []);
  const patient = useQuery({ ...patientQuery(id ?? ''), enabled: !!id });
  const custom = useQuery(customFields.listQuery);
  const waiting = [custom, ...(id ? [patient] : [])].filter((query) => !query.data);
  if (!waiting.length) return <Editor key={id ?? 'new'} loaded={patient.data} fields={inUse(custom.data)} {...rest} />;
  const error = waiting.find((query) => query.error)?.error ?? null;
  const retry = () => waiting.forEach((query) => void query.refetch());
  return <WaitingDrawer title={t(id ? 'patients.edit' : 'patients.new')} error={error} lines={12} retry={retry} onClose={rest.onClose} />;
}

function Editor({ loaded, typed = '', fields, onClose, onCreated }: Omit<Props, 'id'> & { loaded: Patient | undefined; fields: CustomField[] }) {
  const { t, lang } = useLang();
  const { country, timeZone } = useSession().practice;
  const ground: Ground = { country, timeZone, fields };
  const readOnly = !useCan()('patients.write') || !!loaded?.deletedAt;
  const record = useRecordForm<Patient, Draft>({
    loaded,
    empty: withTyped(emptyDraft(ground), typed),
    draftOf: (patient) => draftOf(patient, ground),
    issues: (draft) => issuesOf(draft, todayIn(timeZone, new Date()), ground, loaded),
    parts: partsOf(ground),
  });
  const { base } = record;
  const { valueText } = usePatientWords();

  const { save: send, busy } = useSave({
    base,
    create: useCreatePatient(),
    change: useChangePatient(),
    newOf: (draft: Draft) => fieldsOf(draft, ground),
    changesOf: (draft: Draft, patient) => changesOf(draft, patient, ground),
    created: t('patients.created'),
    onClose,
    onCreated,
  });
  const save = (draft: Draft) =>
    send(draft).catch((error: unknown) => {
      throw atRows(error, draft);
    });

  return (
    <RecordDrawer
      record={record}
      loaded={loaded}
      labels={labels}
      wide
      nowIn={(patient, field) => valueText(field, patient[field])}
      title={base ? <bdi>{namesOf(base, lang).name}</bdi> : t('patients.new')}
      name={t(base ? 'patients.edit' : 'patients.new')}
      readOnly={readOnly ? t('form.readOnly') : undefined}
      busy={busy}
      save={save}
      create={t('patients.create')}
      onClose={onClose}
    >
      <PatientForm record={record} ground={ground} readOnly={readOnly} />
    </RecordDrawer>
  );
}
