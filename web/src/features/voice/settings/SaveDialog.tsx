import { Alert, Button, Modal } from '@mantine/core';
import { IconInfoCircle } from '@tabler/icons-react';
import { useLang } from '@/shared/i18n';
import type { CallWorkflow, CallWorkflowChange } from '../api';
import { ChangeList } from './ChangeList';
import { fieldChanges } from './draft';
import classes from './Settings.module.css';

type Props = { changes: CallWorkflowChange; before: CallWorkflow; onAnswer: (yes: boolean) => void };

/** What saving changes, before it does; what becomes of cases that are there. */
export function SaveDialog({ changes, before, onAnswer }: Props) {
  const { t } = useLang();
  const fields = changes.fields ? fieldChanges(before.fields, changes.fields) : [];
  const lead = [
    ...(changes.name === undefined && changes.nameAr === undefined ? [] : [t('callWorkflows.change.name')]),
    ...(changes.enabled === undefined ? [] : [t(changes.enabled ? 'callWorkflows.change.on' : 'callWorkflows.change.off')]),
  ];
  const gone = fields.some(({ kind }) => kind === 'removed');
  const demanded = fields.some((change) => (change.kind === 'added' || (change.kind === 'changed' && change.members.includes('required'))) && change.field.required);
  const notes = before.cases ? [gone && t('callWorkflows.note.removed'), demanded && t('callWorkflows.note.required')].filter((note) => note !== false) : [];
  return (
    <Modal opened onClose={() => onAnswer(false)} size={480} title={t('callWorkflows.saveTitle')} closeButtonProps={{ 'aria-label': t('action.close') }}>
      <div className={classes.modal}>
        <ChangeList changes={fields} lead={lead} />
        {notes.map((note) => (
          <Alert key={note} color="gray" variant="light" icon={<IconInfoCircle />} py="xs">
            {note}
          </Alert>
        ))}
        <div className={classes.foot}>
          <Button variant="default" onClick={() => onAnswer(false)}>
            {t('form.keepEditing')}
          </Button>
          <Button onClick={() => onAnswer(true)} data-autofocus>
            {t('action.save')}
          </Button>
        </div>
      </div>
    </Modal>
  );
}
