import { UnstyledButton } from '@mantine/core';
import type { ReactNode } from 'react';
import { type MessageId, useLang } from '@/shared/i18n';
import classes from './forms.module.css';
import type { Draft } from './merge';
import type { RecordForm, Versioned } from './useRecordForm';

export type Labels<D> = Record<keyof D & string, MessageId>;
type Order = ('label' | 'input' | 'description' | 'error')[];

/**
 * Binds the fields of a record's form: label, value, mistake, and what I had entered where somebody else's value now
 * stands. `show` puts a value that is no text into words.
 */
export function useFields<R extends Versioned, D extends Draft>(
  record: RecordForm<R, D>,
  labels: Labels<D>,
  readOnly: boolean,
  show: (field: keyof D & string, value: unknown) => string = (_, value) => String(value ?? ''),
) {
  const { t } = useLang();
  const wasMine = (field: keyof D & string): ReactNode => {
    if (!(field in record.mine)) return undefined;
    return (
      <span className={classes.mine}>
        {t('form.conflict.mine')} <bdi>{show(field, record.mine[field]) || t('form.conflict.nothing')}</bdi>
        {' · '}
        <UnstyledButton className={classes.useMine} onClick={() => record.useMine(field)} aria-label={t('form.conflict.useMineOf', { field: t(labels[field]) })}>
          {t('form.conflict.useMine')}
        </UnstyledButton>
      </span>
    );
  };
  const bind = (field: keyof D & string, hint?: ReactNode) => ({
    label: t(labels[field]),
    readOnly,
    description: wasMine(field) ?? hint,
    inputWrapperOrder: ['label', 'input', 'description', 'error'] as Order,
    ...record.form.getInputProps(field),
  });
  return { bind, wasMine };
}
