import { ActionIcon, Menu } from '@mantine/core';
import { IconColumns3 } from '@tabler/icons-react';
import { useLang } from '@/shared/i18n';
import type { CustomField } from '../fields/api';
import { columnsOf, shownOf } from './columns';
import { useFilterWords } from './useFilterWords';

type Props = { fields: CustomField[]; chosen: string[]; onChoose: (columns: string[]) => void };

/** Which columns the list has. */
export function ColumnsMenu({ fields, chosen, onChoose }: Props) {
  const { t } = useLang();
  const { fieldText } = useFilterWords();
  const shown = shownOf(fields, chosen);
  const toggle = (column: string) => onChoose(shown.includes(column) ? shown.filter((one) => one !== column) : columnsOf(fields).filter((one) => one === column || shown.includes(one)));
  return (
    <Menu position="bottom-end" width={240} closeOnItemClick={false}>
      <Menu.Target>
        <ActionIcon variant="default" size={36} aria-label={t('columns.title')} title={t('columns.title')}>
          <IconColumns3 size={18} stroke={1.7} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown mah={380} style={{ overflowY: 'auto' }}>
        <Menu.Label>{t('columns.title')}</Menu.Label>
        {columnsOf(fields).map((column) => (
          // a list without any column but the name is none of choice
          <Menu.CheckboxItem key={column} checked={shown.includes(column)} disabled={shown.length === 1 && shown[0] === column} onChange={() => toggle(column)}>
            <bdi>{fieldText(column)}</bdi>
          </Menu.CheckboxItem>
        ))}
        <Menu.Divider />
        <Menu.Item closeMenuOnClick onClick={() => onChoose([])}>
          {t('columns.usual')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
