import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useCan, useSession } from '@/shared/auth/session';
import { RecordDrawer, WaitingDrawer } from '@/shared/forms/RecordDrawer';
import { useRecordForm } from '@/shared/forms/useRecordForm';
import { useSendKey } from '@/shared/forms/useSubmit';
import { useLang, wantTexts } from '@/shared/i18n';
import { todayIn } from '@/shared/i18n/format';
import { toast } from '@/shared/ui/toast';
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
  const create = useCreatePatient();
  const change = useChangePatient();
  const keyOf = useSendKey();
  const { valueText } = usePatientWords();

  const put = async (draft: Draft) => {
    if (base) {
      const changes = changesOf(draft, base, country);
      if (Object.keys(changes).length) {
        await change.mutateAsync({ id: base.id, body: { version: base.version, ...changes } });
        toast.done(t('form.saved'));
      }
      return onClose();
    }
    const body = fieldsOf(draft);
    const patient = await create.mutateAsync({ body, key: keyOf(body) });
    toast.done(t('patients.created'));
    (onCreated ?? onClose)(patient);
  };
  const save = (draft: Draft) =>
    put(draft).catch((error: unknown) => {
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
      busy={create.isPending || change.isPending}
      save={save}
      create={t('patients.create')}
      onClose={onClose}
    >
      <PatientForm record={record} readOnly={readOnly} />
    </RecordDrawer>
  );
}
