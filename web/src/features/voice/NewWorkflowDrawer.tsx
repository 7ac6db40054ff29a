import { TextInput } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { RecordDrawer } from '@/shared/forms/RecordDrawer';
import { useFields } from '@/shared/forms/useFields';
import { useRecordForm } from '@/shared/forms/useRecordForm';
import { useSave } from '@/shared/forms/useSave';
import { useLang } from '@/shared/i18n';
import { type CallWorkflow, callWorkflows } from './api';
import { rememberWorkflow } from './chosen';
import { type Draft, emptyDraft, issues, labels, nameForFiles, newOf } from './newWorkflow';

/** A new purpose of calls; what is kept of each case is settled on its page of settings, to which it leads. */
export function NewWorkflowDrawer({ onClose }: { onClose: () => void }) {
  const { t } = useLang();
  const navigate = useNavigate();
  const record = useRecordForm<CallWorkflow, Draft>({ loaded: undefined, empty: emptyDraft, draftOf: () => emptyDraft, issues });
  const { form } = record;
  const { bind } = useFields(record, labels, false);
  const { save, busy } = useSave({
    base: undefined,
    create: callWorkflows.useCreate(),
    change: callWorkflows.useChange(),
    newOf,
    changesOf: () => ({}),
    created: t('callWorkflows.created'),
    onClose,
    onCreated: ({ slug }: CallWorkflow) => {
      rememberWorkflow(slug);
      onClose();
      void navigate({ to: '/cases/settings', search: { workflow: slug } });
    },
  });
  const name = form.values.name;
  // until somebody writes another one it follows the name
  const follows = form.values.slug === nameForFiles(name);
  const typeName = (next: string) => form.setValues({ name: next, ...(follows ? { slug: nameForFiles(next) } : {}) });
  return (
    <RecordDrawer record={record} loaded={undefined} labels={labels} title={t('callWorkflows.new')} name={t('callWorkflows.new')} readOnly={undefined} busy={busy} save={save} create={t('callWorkflows.create')} onClose={onClose}>
      <TextInput {...bind('name', t('callWorkflows.nameHint'))} onChange={(event) => typeName(event.currentTarget.value)} className="ownDirection" maxLength={80} data-autofocus />
      <TextInput {...bind('nameAr')} lang="ar" className="ownDirection" maxLength={80} />
      <TextInput {...bind('slug', t('callWorkflows.slugHint'))} dir="ltr" maxLength={60} />
    </RecordDrawer>
  );
}
