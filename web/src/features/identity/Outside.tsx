import { Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { useLang } from '@/shared/i18n';
import { Mark } from '@/shared/ui/Mark';
import { usePageTitle } from '@/shared/ui/Page';
import { LanguageSwitch, ThemeSwitch } from '@/shared/ui/Switches';
import classes from './Outside.module.css';

type Props = { title: string; lead: string; wide?: boolean; children: ReactNode; foot: ReactNode };

/** The frame of the pages before signing in. */
export function Outside({ title, lead, wide, children, foot }: Props) {
  const { t } = useLang();
  usePageTitle(title);
  return (
    <div className={classes.page}>
      <header className={classes.top}>
        <div className={classes.brand}>
          <Mark />
          <span>{t('app.name')}</span>
        </div>
        <LanguageSwitch />
        <ThemeSwitch />
      </header>
      <main className={classes.main}>
        <div className={classes.card} data-wide={wide || undefined}>
          <Title order={1}>{title}</Title>
          <p className={classes.lead}>{lead}</p>
          {children}
          <div className={classes.foot}>{foot}</div>
        </div>
      </main>
    </div>
  );
}
