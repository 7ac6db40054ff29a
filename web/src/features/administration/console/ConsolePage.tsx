import { Button, Skeleton } from '@mantine/core';
import { IconLogout } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { setLang, useLang } from '@/shared/i18n';
import { Mark } from '@/shared/ui/Mark';
import { Failed, usePageTitle } from '@/shared/ui/Page';
import { LanguageSwitch, ThemeSwitch } from '@/shared/ui/Switches';
import { adminSessionQuery, useSignOut } from './api';
import classes from './ConsolePage.module.css';
import { ConsoleSignIn } from './ConsoleSignIn';
import { Practices } from './Practices';

/** The platform's own console, for its administrators: numbers of practices, never what is in them. */
export function ConsolePage() {
  const { t } = useLang();
  const session = useQuery(adminSessionQuery);
  const signOut = useSignOut();
  usePageTitle(t('console.title'));
  return (
    <div className={classes.page}>
      <header className={classes.top}>
        <Mark />
        <b className={classes.brand}>{t('console.title')}</b>
        <LanguageSwitch onSwitch={setLang} />
        <ThemeSwitch />
        {session.data ? (
          <Button variant="default" leftSection={<IconLogout size={16} />} loading={signOut.isPending} onClick={() => signOut.mutate()}>
            {t('console.signOut')}
          </Button>
        ) : null}
      </header>
      <main id="main" className={classes.main}>
        {session.isError ? (
          <Failed error={session.error} retry={() => void session.refetch()} />
        ) : session.data === undefined ? (
          <Skeleton h={240} />
        ) : session.data ? (
          <Practices />
        ) : (
          <ConsoleSignIn />
        )}
      </main>
    </div>
  );
}
