import { Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { useLang } from '@/shared/i18n';
import { Mark } from '@/shared/ui/Mark';
import { usePageTitle } from '@/shared/ui/Page';
import { LanguageSwitch, ThemeSwitch } from '@/shared/ui/Switches';
import { doorQuery, type PracticeDoor } from './api';
import { useSpeak } from './language';
import classes from './Outside.module.css';

type Props = { title: string; lead?: ReactNode; wide?: boolean; children: ReactNode; foot?: ReactNode };

/** At a practice's own address its name and logo stand where ours do elsewhere. */
function Face({ practice }: { practice: PracticeDoor }) {
  const [logo, setLogo] = useState(practice.hasLogo);
  return (
    <>
      {logo ? <img src={`/api/v1/auth/practice/logo?slug=${practice.slug}`} alt="" className={classes.logo} onError={() => setLogo(false)} /> : <Mark />}
      <bdi>{practice.name}</bdi>
    </>
  );
}

/** The frame of the pages before signing in. */
export function Outside({ title, lead, wide, children, foot }: Props) {
  const { t } = useLang();
  const { data: practice } = useQuery(doorQuery);
  const speak = useSpeak();
  usePageTitle(title);
  return (
    <div className={classes.page}>
      <header className={classes.top}>
        <div className={classes.brand}>
          {practice ? (
            <Face practice={practice} />
          ) : (
            <>
              <Mark />
              <span>{t('app.name')}</span>
            </>
          )}
        </div>
        <LanguageSwitch onSwitch={speak} />
        <ThemeSwitch />
      </header>
      <main className={classes.main}>
        <div className={classes.card} data-wide={wide || undefined}>
          <Title order={1}>{title}</Title>
          {lead ? <div className={classes.lead}>{lead}</div> : null}
          {children}
          {foot ? <div className={classes.foot}>{foot}</div> : null}
        </div>
      </main>
    </div>
  );
}
