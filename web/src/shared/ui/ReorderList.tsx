import { ActionIcon, UnstyledButton, VisuallyHidden } from '@mantine/core';
import { IconGripVertical } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { useLang } from '@/shared/i18n';
import classes from './ReorderList.module.css';
import { useReorder } from './useReorder';

type Props<R> = {
  rows: R[];
  label: string;
  canWrite: boolean;
  nameOf: (row: R) => string;
  /** What stands behind the handle. */
  children: (row: R) => ReactNode;
  onOpen: (row: R) => void;
  /** After a drop, and after each step of the keyboard. */
  onOrder: (ids: string[]) => void;
};

/** Rows whose order is their meaning: dragged by a handle, or moved with the arrow keys on it; where one is now is said. */
export function ReorderList<R extends { id: string }>({ rows, label, canWrite, nameOf, children, onOpen, onOrder }: Props<R>) {
  const { t } = useLang();
  const [news, setNews] = useState('');
  const { listRef, order, heldId, handle } = useReorder({
    ids: rows.map((row) => row.id),
    onOrder: (next, moved) => {
      const row = rows.find((one) => one.id === moved);
      if (row) setNews(t('list.movedTo', { name: nameOf(row), place: next.indexOf(moved) + 1, count: next.length }));
      onOrder(next);
    },
  });
  const shown = order.map((id) => rows.find((row) => row.id === id)).filter((row) => row !== undefined);
  return (
    <>
      <ul ref={listRef} className={classes.rows} aria-label={label}>
        {shown.map((row) => (
          <li key={row.id} data-id={row.id} data-held={heldId === row.id || undefined} className={classes.row}>
            {canWrite ? (
              <ActionIcon variant="subtle" color="gray" size={36} className={classes.handle} aria-label={t('list.move', { name: nameOf(row) })} {...handle(row.id)}>
                <IconGripVertical size={18} stroke={1.7} />
              </ActionIcon>
            ) : null}
            <UnstyledButton data-row className={classes.open} onClick={() => onOpen(row)}>
              {children(row)}
            </UnstyledButton>
          </li>
        ))}
      </ul>
      <VisuallyHidden role="status">{news}</VisuallyHidden>
    </>
  );
}

/** A name, with what stands beneath it. */
export function RowNames({ name, other }: { name: string; other?: ReactNode }) {
  return (
    <span className={classes.names}>
      <b>
        <bdi className="cut">{name}</bdi>
      </b>
      {other ? <span>{other}</span> : null}
    </span>
  );
}
