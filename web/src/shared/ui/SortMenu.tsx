import { ActionIcon, Menu } from '@mantine/core';
import { IconArrowsSort } from '@tabler/icons-react';
import { type MessageId, useLang } from '@/shared/i18n';

type Props<S extends string> = {
  label: string;
  /** The orders to choose from, and what they are called. */
  sorts: Partial<Record<S, MessageId>>;
  sort: S;
  onSort: (sort: S) => void;
};

/** The order of a list on telephones, which have no heads of columns. */
export function SortMenu<S extends string>({ label, sorts, sort, onSort }: Props<S>) {
  const { t } = useLang();
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon variant="default" size={44} aria-label={label}>
          <IconArrowsSort size={18} stroke={1.7} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {(Object.keys(sorts) as S[]).map((value) => (
          <Menu.Item key={value} fw={value === sort ? 600 : 400} aria-current={value === sort || undefined} onClick={() => onSort(value)}>
            {t(sorts[value]!)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
