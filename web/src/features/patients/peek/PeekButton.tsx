import { ActionIcon } from '@mantine/core';
import { IconLayoutSidebarRightExpand } from '@tabler/icons-react';
import { useLang } from '@/shared/i18n';
import classes from './Peek.module.css';
import { usePeek } from './usePeek';

/** At a row, and in sight while one is there: shows whom it is about without leaving the list. */
export function PeekButton({ id, name }: { id: string; name: string }) {
  const { t } = useLang();
  const { peek } = usePeek();
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      size={30}
      className={classes.button ?? ''}
      aria-label={t('peek.open', { name })}
      title={t('peek.hint')}
      onClick={(event) => {
        event.stopPropagation();
        peek(id);
      }}
    >
      <IconLayoutSidebarRightExpand size={17} stroke={1.7} />
    </ActionIcon>
  );
}
