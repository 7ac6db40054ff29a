import { ActionIcon, TextInput, type TextInputProps } from '@mantine/core';
import { IconSearch, IconX } from '@tabler/icons-react';
import type { Ref, RefObject } from 'react';
import { useLang } from '@/shared/i18n';
import classes from './ListPage.module.css';
import { focusFirstRow } from './rowKeys';

type Props = Pick<TextInputProps, 'autoComplete'> & {
  label: string;
  value: string;
  onType: (text: string) => void;
  ref: Ref<HTMLInputElement>;
  /** The list below, which the arrow down leads into. */
  rows?: RefObject<HTMLElement | null>;
  className?: string;
};

/** What a list is searched by, in the row of tools above it. */
export function SearchBox({ label, value, onType, rows, className = '', ...rest }: Props) {
  const { t } = useLang();
  return (
    <TextInput
      {...rest}
      aria-label={label}
      placeholder={label}
      leftSection={<IconSearch size={16} />}
      rightSection={
        value ? (
          <ActionIcon variant="subtle" color="gray" size={28} aria-label={t('list.clear')} onClick={() => onType('')}>
            <IconX size={14} />
          </ActionIcon>
        ) : null
      }
      maxLength={120}
      value={value}
      onChange={(e) => onType(e.currentTarget.value)}
      onKeyDown={(e) => {
        if (e.key !== 'ArrowDown' || !rows) return;
        e.preventDefault();
        focusFirstRow(rows.current);
      }}
      className={`${classes.searchInput} ${className}`}
    />
  );
}
