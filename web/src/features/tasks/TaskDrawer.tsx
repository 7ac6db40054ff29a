import { Button, Checkbox, Select, Textarea, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { PatientField } from '@/features/scheduling/book/PatientField';
import { useCan, useSession } from '@/shared/auth/session';
import forms from '@/shared/forms/forms.module.css';
import { differing } from '@/shared/forms/merge';
import { RecordDrawer, WaitingDrawer } from '@/shared/forms/RecordDrawer';
import { useFields } from '@/shared/forms/useFields';
import { useRecordForm } from '@/shared/forms/useRecordForm';
import { useSendKey } from '@/shared/forms/useSubmit';
import { useLang } from '@/shared/i18n';
import { formatDateTime } from '@/shared/i18n/format';
import { DateField } from '@/shared/ui/DateField';
import { toast } from '@/shared/ui/toast';
import { type Task, taskQuery, useAddTask, useChangeTask } from './api';
import { useAssignees } from './assignee';
import { type Draft, draftOf, emptyDraft, fieldsOf, issuesOf, type Known, labels, timeOf } from './draft';
import classes from './Tasks.module.css';
import { useToggle } from './useToggle';

export type TaskDrawerProps = Known & { id?: string | undefined; onClose: () => void };

/** Something to do: entered, or looked at and changed. */
export function TaskDrawer({ id, onClose, ...known }: TaskDrawerProps) {
  const { t } = useLang();
  const one = useQuery({ ...taskQuery(id ?? ''), enabled: !!id });
  if (id && !one.data) return <WaitingDrawer title={t('tasks.one')} error={one.error} lines={6} retry={() => void one.refetch()} onClose={onClose} />;
  return <Editor key={id ?? 'new'} loaded={one.data} known={known} onClose={onClose} />;
}

function Editor({ loaded, known, onClose }: { loaded: Task | undefined; known: Known; onClose: () => void }) {
  const { t } = useLang();
  const can = useCan();
  const { choicesWith } = useAssignees();
  const [empty] = useState(() => emptyDraft(known));
  const record = useRecordForm<Task, Draft>({ loaded, empty, draftOf, issues: issuesOf });
  const { form, base = loaded } = record;
  const { values } = form;
  const gone = !!base?.deletedAt;
  const readOnly = gone ? t('tasks.isDeleted') : can('tasks.write') ? undefined : t('form.readOnly');
  const { bind } = useFields(record, labels, !!readOnly);
  const add = useAddTask();
  const change = useChangeTask();
  const keyOf = useSendKey();
  const save = async (draft: Draft) => {
    const fields = fieldsOf(draft);
    // what was not touched is not sent: some may not see whose task it is, and leave that as it is
    if (base) record.begin(await change.mutateAsync({ id: base.id, body: { ...differing(fields, fieldsOf(draftOf(base))), version: base.version } }));
    else await add.mutateAsync({ body: fields, key: keyOf(fields) });
    toast.done(t(base ? 'form.saved' : 'tasks.added'));
    onClose();
  };
  const was = base?.wasAssignedTo && !values.assignee ? t('tasks.was', { name: base.wasAssignedTo }) : undefined;
  return (
    <RecordDrawer
      record={record}
      loaded={loaded}
      labels={labels}
      title={t(base ? 'tasks.one' : 'tasks.new')}
      name={t('tasks.one')}
      readOnly={readOnly}
      busy={add.isPending || change.isPending}
      save={save}
      create={t('tasks.add')}
      aside={base && !gone ? <Delete task={base} onDone={onClose} /> : undefined}
      onClose={onClose}
    >
      <TextInput {...bind('title')} data-autofocus={base ? undefined : true} className="ownDirection" maxLength={200} autoComplete="off" />
      <Textarea {...bind('text')} className="ownDirection" autosize minRows={2} maxRows={10} maxLength={5000} />
      <Select
        {...bind('assignee', was)}
        data={choicesWith(values.assignee, base?.assigneeName)}
        placeholder={t('tasks.nobody')}
        searchable
        clearable={!readOnly}
        nothingFoundMessage={t('search.nothing')}
      />
      <div className={forms.two}>
        <DateField {...bind('dueOn')} value={values.dueOn} onChange={(dueOn) => form.setValues({ dueOn })} />
        <TextInput
          {...bind('dueTime', t('tasks.field.dueTimeHint'))}
          className="ownDirection tnum"
          maxLength={12}
          autoComplete="off"
          onBlur={() => form.setValues({ dueTime: timeOf(values.dueTime) ?? values.dueTime })}
        />
      </div>
      <Checkbox {...form.getInputProps('high', { type: 'checkbox' })} label={t('tasks.field.high')} disabled={!!readOnly} />
      {can('patients.read') ? <Patient base={base} value={values.patientId} error={form.errors.patientId} readOnly={!!readOnly} onChange={(patientId) => form.setValues({ patientId })} /> : null}
      {base ? (
        <div className={classes.acts}>
          {readOnly ? null : <Toggle task={base} disabled={record.dirty} onDone={onClose} />}
          <Made task={base} />
        </div>
      ) : null}
    </RecordDrawer>
  );
}

type PatientProps = { base: Task | undefined; value: string | null; error: ReactNode; readOnly: boolean; onChange: (id: string | null) => void };

/** Whom it concerns, if anybody, and the way to their record. */
function Patient({ base, value, error, readOnly, onChange }: PatientProps) {
  const { t } = useLang();
  return (
    <div className={classes.patient}>
      <PatientField value={value} error={error} readOnly={readOnly} optional onChange={onChange} />
      {base?.patient && value === base.patient.id ? (
        <Link to="/patients/$id" params={{ id: base.patient.id }} search={{}} className={classes.link}>
          {t('tasks.openPatient')}
        </Link>
      ) : null}
    </div>
  );
}

/** Who entered it and when, and who did it. */
function Made({ task }: { task: Task }) {
  const { t, lang } = useLang();
  const { timeZone } = useSession().practice;
  const when = formatDateTime(lang, timeZone, task.createdAt);
  const made = task.source.kind === 'workflow' ? t('tasks.byWorkflow', { when }) : t('tasks.by', { name: task.createdBy ?? t('tasks.somebody'), when });
  const done = task.doneAt ? t('tasks.doneBy', { name: task.doneBy ?? t('tasks.somebody'), when: formatDateTime(lang, timeZone, task.doneAt) }) : undefined;
  return <p className={classes.made}>{[made, done].filter(Boolean).join(' · ')}</p>;
}

/** Says that it is done, or open again; off while something is unsaved. */
function Toggle({ task, disabled, onDone }: { task: Task; disabled: boolean; onDone: () => void }) {
  const { t } = useLang();
  const { toggle } = useToggle();
  return (
    <Button variant="light" disabled={disabled} onClick={() => void toggle(task).then(onDone)}>
      {t(task.status === 'open' ? 'tasks.complete' : 'tasks.reopen')}
    </Button>
  );
}

function Delete({ task, onDone }: { task: Task; onDone: () => void }) {
  const { t } = useLang();
  const { remove } = useToggle();
  return (
    <Button variant="subtle" color="red" onClick={() => void remove(task).then(onDone)}>
      {t('tasks.delete')}
    </Button>
  );
}
