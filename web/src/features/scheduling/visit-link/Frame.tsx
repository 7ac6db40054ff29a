import { ThemeIcon, Title } from '@mantine/core';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { setLang, useLang } from '@/shared/i18n';
import { Mark } from '@/shared/ui/Mark';
import { usePageTitle } from '@/shared/ui/Page';
import { LanguageSwitch, ThemeSwitch } from '@/shared/ui/Switches';
import type { Visit } from './api';
import classes from './VisitLink.module.css';

/** Chosen by hand on this page, which is newer than what the practice has. */
let picked = false;
/** Speaks the patient's language, unless they chose another one; what this browser keeps is somebody else's choice. */
export const speakTheirs = (lang: Visit['language']) => (picked ? undefined : void setLang(lang, { remember: false }));

type Props = { title: string; practice?: Visit['practice'] | undefined; children: ReactNode };

/** The frame of what patients see: the practice's face, and their language. */
export function Frame({ title, practice, children }: Props) {
  const { t } = useLang();
  const heading = useRef<HTMLHeadingElement>(null);
  usePageTitle(title);
  // each step is read out from its beginning
  const first = useRef(true);
  useEffect(() => {
    if (!first.current) heading.current?.focus();
    first.current = false;
  }, [title]);
  return (
    <div className={classes.page}>
      <header className={classes.top}>
        <div className={classes.brand}>{practice ? <Face practice={practice} /> : <Mark />}</div>
        <LanguageSwitch
          onSwitch={(lang) => {
            picked = true;
            return setLang(lang, { remember: false });
          }}
        />
        <ThemeSwitch />
      </header>
      <main className={classes.main}>
        <div className={classes.card}>
          <Title order={1} ref={heading} tabIndex={-1} className={classes.title}>
            {title}
          </Title>
          {children}
        </div>
      </main>
      <footer className={classes.foot}>{t('visitLink.foot')}</footer>
    </div>
  );
}

function Face({ practice }: { practice: Visit['practice'] }) {
  const [logo, setLogo] = useState(practice.hasLogo);
  return (
    <>
      {logo ? <img src={`/api/v1/auth/practice/logo?slug=${practice.slug}`} alt="" className={classes.logo} onError={() => setLogo(false)} /> : null}
      <bdi>{practice.name}</bdi>
    </>
  );
}

/** How it stands, before what can be done about it. */
export function Note({ icon, tone = 'good', children }: { icon: ReactNode; tone?: 'good' | 'warn' | 'plain'; children: ReactNode }) {
  return (
    <div className={classes.note} role="status" data-tone={tone}>
      <ThemeIcon size={40} radius="xl" variant="light" color={{ good: 'brand', warn: 'orange', plain: 'gray' }[tone]}>
        {icon}
      </ThemeIcon>
      <div className={classes.noteText}>{children}</div>
    </div>
  );
}
