import { Button, Skeleton, Title } from '@mantine/core';
import { type ReactNode, useId, useState } from 'react';
import { useLang } from '@/shared/i18n';
import { Failed } from '@/shared/ui/Page';
import { onRowKeys } from '@/shared/ui/rowKeys';
import classes from './Today.module.css';

/** As many as are done before the rest is wanted. */
const FIRST = 6;

type Props<R> = {
  title: string;
  rows: R[] | undefined;
  error?: unknown;
  retry: () => void;
  keyOf: (row: R) => string;
  /** What stands there when everything is done. */
  done: string;
  children: (row: R) => ReactNode;
  /** Where the whole list is, if this is a part of it. */
  foot?: ReactNode;
};

/** Something to work off, each line with what is to be done about it. */
export function Worklist<R>({ title, rows, error, retry, keyOf, done, children, foot }: Props<R>) {
  const { t } = useLang();
  const id = useId();
  const [all, setAll] = useState(false);
  const shown = all ? rows : rows?.slice(0, FIRST);
  const rest = (rows?.length ?? 0) - (shown?.length ?? 0);
  return (
    <section className={classes.list} aria-labelledby={id}>
      <div className={classes.listHead}>
        <Title order={2} id={id}>
          {title}
        </Title>
        {rows?.length ? <span className="tnum">{rows.length}</span> : null}
      </div>
      {error && !rows ? (
        <Failed error={error} retry={retry} />
      ) : !shown ? (
        <div className={classes.row}>
          <Skeleton h={32} />
        </div>
      ) : shown.length ? (
        <ul className={classes.rows} onKeyDown={onRowKeys}>
          {shown.map((row) => (
            <li key={keyOf(row)} className={classes.row}>
              {children(row)}
            </li>
          ))}
        </ul>
      ) : (
        <p className={classes.listText}>{done}</p>
      )}
      {rest > 0 ? (
        <div className={classes.all}>
          <Button variant="subtle" size="compact-sm" onClick={() => setAll(true)}>
            {t('scheduling.today.showMore', { count: rest })}
          </Button>
        </div>
      ) : null}
      {foot}
    </section>
  );
}
