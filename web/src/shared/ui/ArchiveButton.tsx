import { Button } from '@mantine/core';
import { IconArchive, IconArchiveOff } from '@tabler/icons-react';
import { useLang } from '@/shared/i18n';

type Props = { archived: boolean; onClick: () => void };

/** Puts a record away that is in use, and takes one out again. */
export function ArchiveButton({ archived, onClick }: Props) {
  const { t } = useLang();
  return (
    <Button variant="subtle" color="gray" leftSection={archived ? <IconArchiveOff size={16} /> : <IconArchive size={16} />} onClick={onClick}>
      {t(archived ? 'action.restore' : 'action.archive')}
    </Button>
  );
}
