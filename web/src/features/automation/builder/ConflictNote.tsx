import { Alert, Button, Group } from '@mantine/core';
import { IconUsers } from '@tabler/icons-react';
import { useLang } from '@/shared/i18n';
import type { Workflow } from '../api';

/** Somebody else has changed the draft meanwhile: whose it shall be. */
export function ConflictNote({ theirs, onTheirs, onMine }: { theirs: Workflow; onTheirs: () => void; onMine: () => void }) {
  const { t } = useLang();
  return (
    <Alert color="yellow" icon={<IconUsers />} title={t('form.conflict.title')} radius={0} role="alert" data-version={theirs.version}>
      <p>{t('workflows.conflict.text')}</p>
      <Group gap="xs" mt="xs">
        <Button size="xs" variant="default" onClick={onTheirs}>
          {t('workflows.conflict.theirs')}
        </Button>
        <Button size="xs" variant="default" onClick={onMine}>
          {t('workflows.conflict.mine')}
        </Button>
      </Group>
    </Alert>
  );
}
