import { Alert, Button, Switch, TextInput } from '@mantine/core';
import { IconHistory, IconPlus } from '@tabler/icons-react';
import { lazy, Suspense, useState } from 'react';
import { useCan } from '@/shared/auth/session';
import { Conflict } from '@/shared/forms/Conflict';
import { changedFields, same } from '@/shared/forms/merge';
import { useFields } from '@/shared/forms/useFields';
import { useRecordForm } from '@/shared/forms/useRecordForm';
import { useSubmit } from '@/shared/forms/useSubmit';
import { useLang } from '@/shared/i18n';
import { SaveBar } from '@/shared/ui/SaveBar';
import { Section, Sections } from '@/shared/ui/Sections';
import { toast } from '@/shared/ui/toast';
import { type CallWorkflow, type CallWorkflowChange, callWorkflows } from '../api';
import { changesOf, type Draft, draftOf, emptyDraft, issues, labels, newRow, parts, type Row } from './draft';
import { FieldRows } from './FieldRows';
import classes from './Settings.module.css';

const FieldDrawer = lazy(() => import('./FieldDrawer').then((m) => ({ default: m.FieldDrawer })));
const SaveDialog = lazy(() => import('./SaveDialog').then((m) => ({ default: m.SaveDialog })));
const VersionsDrawer = lazy(() => import('./VersionsDrawer').then((m) => ({ default: m.VersionsDrawer })));

/** Asks once more before something is saved, with what is different. */
type Asked = { changes: CallWorkflowChange; answer: (yes: boolean) => void };

/** What a call workflow is called, whether calls are made for it, and what is kept of each case: one form, saved at once. */
export function SettingsForm({ workflow }: { workflow: CallWorkflow }) {
  const { t } = useLang();
  const readOnly = !useCan()('call_workflows.configure');
  const change = callWorkflows.useChange();
  const record = useRecordForm<CallWorkflow, Draft>({ loaded: workflow, empty: emptyDraft, draftOf, issues, parts });
  const { form, base, newer } = record;
  const { bind } = useFields(record, labels, readOnly);
  const [asked, setAsked] = useState<Asked>();
  const [opened, setOpened] = useState<Row | 'new'>();
  const [versions, setVersions] = useState(false);

  const save = async (draft: Draft) => {
    if (!base) return;
    const changes = changesOf(draft, base);
    if (!Object.keys(changes).length) return;
    const yes = await new Promise<boolean>((answer) => setAsked({ changes, answer }));
    setAsked(undefined);
    if (!yes) return;
    record.begin(await change.mutateAsync({ id: base.id, body: { version: base.version, ...changes } }));
    toast.done(t('form.saved'));
  };
  const { ref, refusal, forget, onSubmit } = useSubmit({ record, loaded: workflow, readOnly, busy: change.isPending, save });
  const rows = form.values.fields;
  const setRows = (next: Row[]) => {
    // what was said of places holds no more
    form.clearErrors();
    form.setFieldValue('fields', next);
  };
  const put = (row: Row) => setRows(rows.some(({ id }) => id === row.id) ? rows.map((one) => (one.id === row.id ? row : one)) : [...rows, row]);
  const changed = base && newer ? changedFields(draftOf(base), draftOf(newer)).map((field) => t(labels[field])) : [];

  return (
    <form ref={ref} noValidate onSubmit={onSubmit} className={classes.form} aria-label={t('callWorkflows.settings')}>
      <Sections readOnly={readOnly}>
        {newer ? <Conflict fields={changed} changedAt={newer.updatedAt} onLoad={record.loadNewer} onKeep={record.keepMine} /> : null}
        {refusal ? (
          <Alert color="red" role="alert" py="xs" withCloseButton closeButtonLabel={t('action.close')} onClose={forget}>
            {refusal}
          </Alert>
        ) : null}
        <Section title="callWorkflows.about" text="callWorkflows.aboutText">
          <TextInput {...bind('name')} className="ownDirection" maxLength={80} />
          <TextInput {...bind('nameAr')} lang="ar" className="ownDirection" maxLength={80} />
          <TextInput label={t('callWorkflows.slug')} description={t('callWorkflows.slugFixed')} inputWrapperOrder={['label', 'input', 'description']} value={workflow.slug} readOnly dir="ltr" />
          <Switch label={t('callWorkflows.enabled')} description={t('callWorkflows.enabledHint')} disabled={readOnly} {...form.getInputProps('enabled', { type: 'checkbox' })} />
        </Section>
        <Section title="callWorkflows.fields" text="callWorkflows.fieldsText">
          <div className={classes.fieldTools}>
            <span>{t('callWorkflows.fieldCount', { count: rows.length })}</span>
            <Button variant="subtle" size="compact-sm" leftSection={<IconHistory size={15} />} onClick={() => setVersions(true)}>
              {t('callWorkflows.versions')}
            </Button>
          </div>
          {form.errors.fields ? (
            <Alert color="red" role="alert" py="xs">
              {form.errors.fields}
            </Alert>
          ) : null}
          <FieldRows rows={rows} errors={form.errors} canWrite={!readOnly} onOpen={setOpened} onOrder={setRows} />
          {readOnly ? null : (
            <Button variant="default" className={classes.add ?? ''} leftSection={<IconPlus size={16} />} onClick={() => setOpened('new')}>
              {t('callWorkflows.addField')}
            </Button>
          )}
        </Section>
      </Sections>
      {readOnly ? null : <SaveBar dirty={record.dirty && !!base && Object.keys(changesOf(form.values, base)).length > 0} busy={change.isPending} blocked={!!newer} onDiscard={() => base && record.begin(base)} />}
      <Suspense>
        {opened ? (
          <FieldDrawer
            row={opened === 'new' ? undefined : opened}
            others={rows.filter((row) => row !== opened)}
            inUse={workflow.cases > 0}
            readOnly={readOnly}
            onClose={() => setOpened(undefined)}
            onPut={(field) => {
              put(opened === 'new' ? newRow(field) : same(opened.field, field) ? opened : { ...opened, field });
              setOpened(undefined);
            }}
            onRemove={(row) => {
              setRows(rows.filter((one) => one !== row));
              setOpened(undefined);
            }}
          />
        ) : null}
        {asked ? <SaveDialog changes={asked.changes} before={workflow} onAnswer={asked.answer} /> : null}
        {versions ? <VersionsDrawer workflow={workflow} onClose={() => setVersions(false)} /> : null}
      </Suspense>
    </form>
  );
}
