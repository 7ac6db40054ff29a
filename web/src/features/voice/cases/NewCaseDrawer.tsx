import { useQueryClient } from '@tanstack/react-query';
import { PatientPick } from '@/features/messaging/PatientPick';
import { patientQuery } from '@/features/patients/api';
import { useCan, useSession } from '@/shared/auth/session';
import { RecordDrawer } from '@/shared/forms/RecordDrawer';
import type { Labels } from '@/shared/forms/useFields';
import { type Issues, useRecordForm } from '@/shared/forms/useRecordForm';
import { useSave } from '@/shared/forms/useSave';
import { useLang } from '@/shared/i18n';
import type { CallWorkflow } from '../api';
import { CaseInput } from '../CaseInput';
import { inOrder, issueOf, newValuesOf, type Typed, typedDefaults } from '../values';
import { type Case, caseQuery, useChangeCase, useCreateCase } from './api';
import { prefilled } from './prefill';

type Draft = { patientId: string | null; fields: Typed };
const labels: Labels<Draft> = { patientId: 'cases.col.patient', fields: 'cases.fields' };

type Props = { workflow: CallWorkflow; onClose: () => void; onCreated: (made: Case) => void };

/** A new case: an input for each field that its call workflow has, and nothing that is written down here. */
export function NewCaseDrawer({ workflow, onClose, onCreated }: Props) {
  const { t } = useLang();
  const client = useQueryClient();
  const mayPatients = useCan()('patients.read');
  const { timeZone } = useSession().practice;
  const fields = inOrder(workflow.fields);
  const issues = (draft: Draft): Issues<Draft> => {
    const found = fields.map((field) => [`fields.${field.key}`, issueOf(field, draft.fields[field.key] ?? '')] as const);
    return Object.fromEntries(found.filter(([, id]) => id).map(([path, id]) => [path, { id }])) as Issues<Draft>;
  };
  const empty: Draft = { patientId: null, fields: typedDefaults(fields, timeZone) };
  const record = useRecordForm<Case, Draft>({ loaded: undefined, empty, draftOf: () => empty, issues, parts: fields.map(({ key }) => `fields.${key}`) });
  const { form } = record;
  const { save, busy } = useSave({
    base: undefined,
    create: useCreateCase(),
    change: useChangeCase(),
    newOf: (draft: Draft) => ({ callWorkflowId: workflow.id, patientId: draft.patientId, fields: newValuesOf(fields, draft.fields, timeZone) }),
    changesOf: () => ({}),
    created: t('cases.created'),
    onClose,
    onCreated: (made: Case) => {
      client.setQueryData(caseQuery(made.id).queryKey, made);
      onCreated(made);
    },
  });
  const link = async (patientId: string | null) => {
    form.setFieldValue('patientId', patientId);
    // what the record knows need not be typed; without an answer it is
    const patient = patientId ? await client.ensureQueryData(patientQuery(patientId)).catch(() => undefined) : undefined;
    if (patient) form.setValues((now) => ({ fields: prefilled(fields, now.fields ?? {}, patient) }));
  };
  return (
    <RecordDrawer record={record} loaded={undefined} labels={labels} title={t('cases.new')} name={t('cases.new')} readOnly={undefined} busy={busy} save={save} create={t('cases.create')} onClose={onClose}>
      {mayPatients ? <PatientPick label={t('cases.link')} value={form.values.patientId} onChange={(patientId) => void link(patientId)} error={form.errors.patientId} clearable /> : null}
      {fields.map((field, i) => (
        <CaseInput
          key={field.key}
          field={field}
          value={form.values.fields[field.key] ?? ''}
          onChange={(typed) => {
            form.setFieldValue(`fields.${field.key}`, typed);
            form.clearFieldError(`fields.${field.key}`);
          }}
          error={form.errors[`fields.${field.key}`]}
          autoFocus={i === 0}
        />
      ))}
      {fields.length ? null : <p>{t('cases.noFields')}</p>}
    </RecordDrawer>
  );
}
