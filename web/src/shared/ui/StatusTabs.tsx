import { Tabs } from '@mantine/core';
import type { ReactNode } from 'react';
import { useLang } from '@/shared/i18n';
import classes from './ListPage.module.css';

export const shelves = ['active', 'archived'] as const;
export type Shelf = (typeof shelves)[number];

type Props = { value: Shelf; label: string; onChange: (value: Shelf) => void; children: ReactNode };

/** In use, or put away. */
export function StatusTabs({ value, label, onChange, children }: Props) {
  const { t } = useLang();
  return (
    <Tabs value={value} onChange={(next) => onChange(next === 'archived' ? 'archived' : 'active')} className={classes.tabs} keepMounted>
      <Tabs.List aria-label={label} className={classes.tabList}>
        {shelves.map((shelf) => (
          <Tabs.Tab key={shelf} value={shelf}>
            {t(`list.${shelf}`)}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {shelves.map((shelf) => (
        <Tabs.Panel key={shelf} value={shelf}>
          {shelf === value ? <div className={classes.card}>{children}</div> : null}
        </Tabs.Panel>
      ))}
    </Tabs>
  );
}
