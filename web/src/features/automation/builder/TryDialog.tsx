import { Alert, Button, Group, Modal } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { hasCode } from '@/shared/api/problem';
import { useSendKey } from '@/shared/forms/useSubmit';
import { useLang } from '@/shared/i18n';
import { useErrorText } from '@/shared/i18n/errors';
import { toast } from '@/shared/ui/toast';
import { useRuns, workflowQuery } from '../api';
import { subjectOf } from '../blocks';
import { RecordPicker } from '../fields/RecordPicker';
import type { Draft } from './Bar';
import classes from './Builder.module.css';
import { useBuilder } from './useBuilder';

type Props = { draft: Draft; test: boolean; onClose: () => void };

/** The workflow on one record: as a test of the draft, or the published one in earnest. */
export function TryDialog({ draft, test, onClose }: Props) {
  const { t } = useLang();
  const textOf = useErrorText();
  const navigate = useNavigate();
  const { workflow, blocks, definition, words } = useBuilder();
  const runs = useRuns();
  const client = useQueryClient();
  const keyOf = useSendKey();
  const subject = subjectOf(blocks, definition);
  const [id, setId] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<string>();
  // each opening of the dialog is a test of its own
  const [turn] = useState(Date.now);
  // what is tried is what was looked at before the dialog covered it
  const [seen] = useState(() => JSON.stringify(definition));
  const changed = test && JSON.stringify(definition) !== seen;

  const go = async () => {
    setBusy(true);
    setRefusal(undefined);
    try {
      const version = await draft.flush();
      if (test) {
        const run = await runs.test(workflow.id, version, id, keyOf([workflow.id, version, id, turn]));
        await navigate({ to: '/workflows/runs/$id', params: { id: run.id } });
      } else {
        const { started, skipped } = await runs.start(workflow.id, id ? [id] : [], keyOf([workflow.id, id, turn]));
        toast.done(t(started ? 'workflows.started' : 'workflows.skipped', { count: started || skipped }));
        onClose();
      }
    } catch (error) {
      const stale = test && hasCode(error, 'version.stale');
      setRefusal(stale ? t('workflows.test.stale') : textOf(error));
      setBusy(false);
      // behind the dialog is what is there now, or whose it shall be is asked
      if (stale) void client.invalidateQueries({ queryKey: workflowQuery(workflow.id).queryKey });
    }
  };

  return (
    <Modal opened onClose={onClose} size={480} title={t(test ? 'workflows.test' : 'workflows.start')} closeButtonProps={{ 'aria-label': t('action.close') }}>
      <div className={classes.dialog}>
        <p className={classes.hint}>{t(test ? 'workflows.test.text' : 'workflows.start.text')}</p>
        {subject ? <RecordPicker of={subject} label={words.block(subject)} value={id} onChange={setId} /> : null}
        {changed || refusal ? (
          <Alert color="red" role="alert" py="xs">
            {changed ? t('workflows.test.stale') : refusal}
          </Alert>
        ) : null}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            {t('action.cancel')}
          </Button>
          <Button loading={busy} disabled={changed || (!!subject && !id)} onClick={() => void go()}>
            {t(test ? 'workflows.test.go' : 'workflows.start.go')}
          </Button>
        </Group>
      </div>
    </Modal>
  );
}
