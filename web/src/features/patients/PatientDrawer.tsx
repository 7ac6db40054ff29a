import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useCan, useSession } from '@/shared/auth/session';
import { RecordDrawer, WaitingDrawer } from '@/shared/forms/RecordDrawer';
import { useRecordForm } from '@/shared/forms/useRecordForm';
import { useSave } from '@/shared/forms/useSave';
import { useLang, wantTexts } from '@/shared/i18n';
import { todayIn } from '@/shared/i18n/format';
import { type Patient, patientQuery, useChangePatient, useCreatePatient } from './api';
import { atRows, changesOf, type Draft, draftOf, emptyDraft, fieldsOf, issuesOf, labels, parts } from './draft';
import { PatientForm } from './PatientForm';
import { namesOf } from './person';
import { usePatientWords } from './words';

type Props = {
  /** Missing: a new patient. */
  id?: string;
  onClose: () => void;
  onCreated?: (patient: Patient) => void;
};

export function PatientDrawer({ id, ...rest }: Props) {
  useEffect(() => void wantTexts('patients'), []);
  return id ? <Loaded key={id} id={id} {...rest} /> : <Editor key="new" {...rest} />;
}

function Loaded({ id, ...rest }: Props & { id: string }) {
  const { t } = useLang();
  const patient = useQuery(patientQuery(id));
  if (patient.data) return <Editor loaded={patient.data} {...rest} />;
  return <WaitingDrawer title={t('patients.edit')} error={patient.error} lines={12} retry={() => void patient.refetch()} onClose={rest.onClose} />;
}

function Editor({ loaded, onClose, onCreated }: Omit<Props, 'id'> & { loaded?: Patient }) {
  const { t, lang } = useLang();
  const { country, timeZone } = useSession().practice;
  const readOnly = !useCan()('patients.write') || !!loaded?.deletedAt;
  const record = useRecordForm<Patient, Draft>({
    loaded,
    empty: emptyDraft(country),
    draftOf: (patient) => draftOf(patient, country),
    issues: (draft) => issuesOf(draft, todayIn(timeZone, new Date())),
    parts,
  });
  const { base } = record;
  const { valueText } = usePatientWords();

  const { save: send, busy } = useSave({
    base,
    create: useCreatePatient(),
    change: useChangePatient(),
    newOf: fieldsOf,
    changesOf: (draft: Draft, patient) => changesOf(draft, patient, country),
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
      <PatientForm record={record} readOnly={readOnly} />
    </RecordDrawer>
  );
}
