import { Alert, Button, Group, Modal, Textarea, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { useLang } from '@/shared/i18n';
import { useErrorText } from '@/shared/i18n/errors';
import type { Draft } from './Bar';
import classes from './Builder.module.css';
import { useBuilder } from './useBuilder';

const LONGEST_NAME = 120;
const LONGEST_TEXT = 2_000;

/** What a workflow is called, and what for. */
export function DetailsDialog({ draft, onClose }: { draft: Draft; onClose: () => void }) {
  const { t } = useLang();
  const textOf = useErrorText();
  const { workflow } = useBuilder();
  const [name, setName] = useState(workflow.name);
  const [description, setDescription] = useState(workflow.description ?? '');
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<string>();
  const save = async (event: FormEvent) => {
    event.preventDefault();
    if (!name.trim()) return;
    setBusy(true);
    try {
      await draft.rename({ name: name.trim(), description: description.trim() || null });
      onClose();
    } catch (error) {
      setRefusal(textOf(error));
      setBusy(false);
    }
  };
  return (
    <Modal opened onClose={onClose} size={480} title={t('workflows.details')} closeButtonProps={{ 'aria-label': t('action.close') }}>
      <form className={classes.dialog} onSubmit={(event) => void save(event)} noValidate>
        <TextInput data-autofocus label={t('workflows.name')} className="ownDirection" required maxLength={LONGEST_NAME} value={name} error={name.trim() ? undefined : t('field.required')} onChange={(event) => setName(event.currentTarget.value)} />
        <Textarea label={t('workflows.description')} autosize minRows={3} maxLength={LONGEST_TEXT} value={description} onChange={(event) => setDescription(event.currentTarget.value)} />
        {refusal ? (
          <Alert color="red" role="alert" py="xs">
            {refusal}
          </Alert>
        ) : null}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            {t('action.cancel')}
          </Button>
          <Button type="submit" loading={busy}>
            {t('action.save')}
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
