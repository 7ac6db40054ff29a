import { Button, Group } from '@mantine/core';
import { IconFileImport, IconPlus, IconSearch, IconUsers } from '@tabler/icons-react';
import { useLang } from '@/shared/i18n';
import { Empty } from '@/shared/ui/Page';
import type { View } from '../search';

type Props = {
  view: View;
  searching: boolean;
  onClear: () => void;
  /** Missing where one may not. */
  onNew: (() => void) | undefined;
  onImport: (() => void) | undefined;
};

/** Why there is no case on the page, and what to do about it. */
export function Nothing({ view, searching, onClear, onNew, onImport }: Props) {
  const { t } = useLang();
  if (searching) {
    return (
      <Empty
        icon={<IconSearch size={26} stroke={1.6} />}
        title={t('cases.empty.search')}
        text={t('cases.empty.searchText')}
        action={
          <Button variant="light" mt="xs" onClick={onClear}>
            {t('cases.empty.clear')}
          </Button>
        }
      />
    );
  }
  const icon = <IconUsers size={26} stroke={1.6} />;
  if (view !== 'all') return <Empty icon={icon} title={t('cases.empty.view')} text={t(view === 'deleted' ? 'cases.empty.deletedText' : 'cases.empty.viewText')} />;
  return (
    <Empty
      icon={icon}
      title={t('cases.empty.first')}
      text={t('cases.empty.firstText')}
      action={
        onNew || onImport ? (
          <Group gap="xs" mt="xs" justify="center">
            {onImport ? (
              <Button variant="default" leftSection={<IconFileImport size={16} />} onClick={onImport}>
                {t('cases.import')}
              </Button>
            ) : null}
            {onNew ? (
              <Button leftSection={<IconPlus size={16} />} onClick={onNew}>
                {t('cases.new')}
              </Button>
            ) : null}
          </Group>
        ) : undefined
      }
    />
  );
}
