import { Button, Group, Modal } from '@mantine/core';
import { IconPhoneOff } from '@tabler/icons-react';
import { useState } from 'react';
import { useLang } from '@/shared/i18n';

/** Ends a call that somebody else has: it asks first. */
export function HangUp({ disabled, onHangUp }: { disabled: boolean; onHangUp: () => void }) {
  const { t } = useLang();
  const [asking, setAsking] = useState(false);
  const close = () => setAsking(false);
  return (
    <>
      <Button variant="light" color="red" disabled={disabled} leftSection={<IconPhoneOff size={16} />} onClick={() => setAsking(true)}>
        {t('calls.hangUp')}
      </Button>
      <Modal opened={asking} onClose={close} size="sm" title={t('calls.hangUp.ask')} closeButtonProps={{ 'aria-label': t('action.close') }}>
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={close} data-autofocus>
            {t('action.cancel')}
          </Button>
          <Button
            color="red"
            onClick={() => {
              close();
              onHangUp();
            }}
          >
            {t('calls.hangUp')}
          </Button>
        </Group>
      </Modal>
    </>
  );
}
