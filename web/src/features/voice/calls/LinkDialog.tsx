import { Button, Group, Modal } from '@mantine/core';
import { useState } from 'react';
import { PatientPick } from '@/features/messaging/PatientPick';
import { useLang } from '@/shared/i18n';
import { useErrorText } from '@/shared/i18n/errors';
import { toast } from '@/shared/ui/toast';
import { type Case, useLinkPatient } from './api';

/** Who it is that a case is about. */
export function LinkDialog({ of, onClose }: { of: Case; onClose: () => void }) {
  const { t } = useLang();
  const textOf = useErrorText();
  const link = useLinkPatient();
  const [patientId, setPatientId] = useState<string | null>(null);
  const save = () =>
    patientId
      ? link.mutateAsync({ id: of.id, version: of.version, patientId }).then(
          () => {
            toast.done(t('calls.patient.linked'));
            onClose();
          },
          (error: unknown) => toast.failed(textOf(error)),
        )
      : undefined;
  return (
    <Modal opened onClose={onClose} title={t('calls.patient.link')} closeButtonProps={{ 'aria-label': t('action.close') }}>
      <PatientPick label={t('calls.patient')} value={patientId} onChange={setPatientId} />
      <Group justify="flex-end" gap="xs" mt="md">
        <Button variant="default" onClick={onClose}>
          {t('action.cancel')}
        </Button>
        <Button disabled={!patientId} loading={link.isPending} onClick={() => void save()}>
          {t('calls.patient.go')}
        </Button>
      </Group>
    </Modal>
  );
}
