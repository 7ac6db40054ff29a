import { Button, Group, Modal, Text } from '@mantine/core';
import { useLang } from '@/shared/i18n';
import { useUndoable } from '@/shared/ui/useUndoable';
import { type Patient, useSetDeleted } from './api';

export function useRestore() {
  const { t } = useLang();
  const undoable = useUndoable();
  const set = useSetDeleted();
  return (patient: Patient) => void undoable(() => set(patient, false), t('patients.restored'), (now) => set(now, true));
}

/** Asks first, since nobody finds the patient any more, and still has a way back. */
export function DeletePatient({ patient, onClose }: { patient: Patient; onClose: () => void }) {
  const { t } = useLang();
  const undoable = useUndoable();
  const set = useSetDeleted();
  const go = () => {
    onClose();
    void undoable(() => set(patient, true), t('patients.deleted'), (now) => set(now, false));
  };
  return (
    <Modal opened onClose={onClose} size="sm" title={t('patients.deleteAsk')} closeButtonProps={{ 'aria-label': t('action.close') }}>
      <Text size="sm" mb="md">
        {t('patients.deleteText')}
      </Text>
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={onClose} data-autofocus>
          {t('action.cancel')}
        </Button>
        <Button color="red" onClick={go}>
          {t('patients.delete')}
        </Button>
      </Group>
    </Modal>
  );
}
