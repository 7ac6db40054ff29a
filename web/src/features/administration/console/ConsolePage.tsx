import { Button, Skeleton } from '@mantine/core';
import { IconLogout } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, Outlet } from '@tanstack/react-router';
import { type MessageId, setLang, useLang } from '@/shared/i18n';
import { Mark } from '@/shared/ui/Mark';
import { Failed, usePageTitle } from '@/shared/ui/Page';
import { LanguageSwitch, ThemeSwitch } from '@/shared/ui/Switches';
import { type AdminSession, adminSessionQuery, useSignOut } from './api';
import { ConsoleIdle } from './ConsoleIdle';
import classes from './ConsolePage.module.css';
import { ConsoleSignIn } from './ConsoleSignIn';
import { GrantBanner } from './GrantBanner';

const places = [
  { to: '/platform', label: 'console.practices' },
  { to: '/platform/queues', label: 'console.queues.title' },
  { to: '/platform/failures', label: 'console.failures' },
  { to: '/platform/health', label: 'console.health.title' },
  { to: '/platform/mails', label: 'console.mails' },
  { to: '/platform/access', label: 'console.access' },
  { to: '/platform/me', label: 'console.me' },
] as const satisfies readonly { to: string; label: MessageId }[];

/** The platform's own console, for its administrators: numbers of practices, and what is in one only under an access. */
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
          <Button className={classes.signOut} variant="default" leftSection={<IconLogout size={16} />} loading={signOut.isPending} onClick={() => signOut.mutate()}>
            {t('console.signOut')}
          </Button>
        ) : null}
      </header>
      {session.isError && !session.data ? (
        <main id="main" className={classes.main}>
          <Failed error={session.error} retry={() => void session.refetch()} />
        </main>
      ) : session.data === undefined ? (
        <main id="main" className={classes.main} aria-busy>
          <Skeleton h={240} />
        </main>
      ) : session.data ? (
        <Inside session={session.data} />
      ) : (
        <main id="main" className={classes.main}>
          <ConsoleSignIn />
        </main>
      )}
    </div>
  );
}

function Inside({ session }: { session: AdminSession }) {
  const { t } = useLang();
  return (
    <>
      <nav className={classes.nav} aria-label={t('console.title')}>
        {places.map(({ to, label }) => (
          <Link key={to} to={to} activeOptions={{ exact: to === '/platform' }} className={classes.place}>
            {t(label)}
          </Link>
        ))}
      </nav>
      {session.supportAccess.map((access) => (
        <GrantBanner key={access.id} access={access} />
      ))}
      <main id="main" className={classes.main}>
        <Outlet />
      </main>
      <ConsoleIdle minutes={session.idleMinutes} />
    </>
  );
}
