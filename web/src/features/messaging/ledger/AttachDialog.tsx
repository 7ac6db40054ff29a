import { Alert, Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useLang } from '@/shared/i18n';
import { useErrorText } from '@/shared/i18n/errors';
import { toast } from '@/shared/ui/toast';
import { type Item, useAssign } from '../api';
import { PatientPick } from '../PatientPick';
import classes from './Ledger.module.css';

/** Whose message it is that came from a number which nobody has. */
export function AttachDialog({ message, onClose }: { message: Item; onClose: () => void }) {
  const { t } = useLang();
  const textOf = useErrorText();
  const attach = useAssign();
  const [patientId, setPatientId] = useState<string | null>(null);
  const [refusal, setRefusal] = useState<string>();
  const save = () =>
    patientId
      ? attach.mutateAsync({ id: message.id, version: message.version, patientId }).then(
          () => {
            toast.done(t('messages.inbox.attached'));
            onClose();
          },
          (error) => setRefusal(textOf(error)),
        )
      : undefined;
  return (
    <Modal opened onClose={onClose} title={t('messages.inbox.attachTitle')} closeButtonProps={{ 'aria-label': t('action.close') }}>
      <Stack gap="md">
        <blockquote className={classes.quote} dir="auto">
          {message.text}
        </blockquote>
        {refusal ? (
          <Alert color="red" role="alert" py="xs">
            {refusal}
          </Alert>
        ) : null}
        <PatientPick label={t('messages.column.who')} value={patientId} onChange={setPatientId} />
        <Text size="sm" c="var(--text-dim)">
          {t('messages.inbox.attachText')}
        </Text>
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            {t('action.cancel')}
          </Button>
          <Button disabled={!patientId} loading={attach.isPending} onClick={() => void save()}>
            {t('messages.inbox.attachGo')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
