import { Alert, Button, Group, Modal } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useLang } from '@/shared/i18n';
import { useErrorText } from '@/shared/i18n/errors';
import { toast } from '@/shared/ui/toast';
import { useWorkflows, type Workflow } from '../api';
import type { Draft } from './Bar';
import classes from './Builder.module.css';

/** Cannot be taken back; what waits is cancelled with it. */
export function DeleteDialog({ workflow, draft, onClose }: { workflow: Workflow; draft: Draft; onClose: () => void }) {
  const { t } = useLang();
  const textOf = useErrorText();
  const navigate = useNavigate();
  const { remove } = useWorkflows();
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<string>();
  const go = async () => {
    setBusy(true);
    try {
      const version = await draft.flush();
      await navigate({ to: '/workflows' });
      await remove(workflow.id, version);
      toast.done(t('workflows.deleted', { name: workflow.name }));
    } catch (error) {
      setRefusal(textOf(error));
      toast.failed(textOf(error));
      setBusy(false);
    }
  };
  return (
    <Modal opened onClose={onClose} size={440} title={t('workflows.delete.title', { name: workflow.name })} closeButtonProps={{ 'aria-label': t('action.close') }}>
      <p className={classes.sentence}>{t('workflows.delete.text')}</p>
      {refusal ? (
        <Alert color="red" role="alert" py="xs">
          {refusal}
        </Alert>
      ) : null}
      <Group justify="flex-end" gap="xs" mt="md">
        <Button variant="default" data-autofocus onClick={onClose}>
          {t('action.cancel')}
        </Button>
        <Button color="red" loading={busy} onClick={() => void go()}>
          {t('workflows.delete')}
        </Button>
      </Group>
    </Modal>
  );
}
