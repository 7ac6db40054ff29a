import { Button, Group, Modal } from '@mantine/core';
import { useBlocker } from '@tanstack/react-router';
import { useLang } from '@/shared/i18n';

/** Asks before a page with unsaved input is left, by a link, the back button or closing the tab. */
export function LeaveGuard({ when }: { when: boolean }) {
  const { t } = useLang();
  const { status, proceed, reset } = useBlocker({ shouldBlockFn: () => when, enableBeforeUnload: () => when, withResolver: true });
  if (status !== 'blocked') return null;
  return (
    <Modal opened onClose={reset} size="sm" title={t('form.discard')} closeButtonProps={{ 'aria-label': t('action.close') }}>
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={reset} data-autofocus>
          {t('form.keepEditing')}
        </Button>
        <Button color="red" onClick={proceed}>
          {t('form.discardYes')}
        </Button>
      </Group>
    </Modal>
  );
}
