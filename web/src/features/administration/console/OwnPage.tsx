import { Alert, Badge, Button, Skeleton, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useLang } from '@/shared/i18n';
import { useErrorText } from '@/shared/i18n/errors';
import { Failed, usePageTitle } from '@/shared/ui/Page';
import { adminSessionQuery, ownSessionsQuery, useEndSession, useSignOut } from './api';
import classes from './ConsolePage.module.css';
import { Facts, Section } from './Facts';
import { useWhen } from './when';

/** Who is signed in, where, and until when. Password and app are set anew on the server only. */
export function OwnPage() {
  const { t } = useLang();
  usePageTitle(t('console.me'));
  const when = useWhen();
  const session = useQuery(adminSessionQuery).data;
  const signOut = useSignOut();
  return (
    <>
      <Title order={1} mb="sm">
        {t('console.me')}
      </Title>
      {session ? (
        <Section title={session.administrator.name}>
          <Facts
            facts={[
              { label: t('identity.email'), value: <bdi className="ltr">{session.administrator.email}</bdi> },
              { label: t('console.sessionEnds'), value: when(session.expiresAt) },
              { label: t('console.sessionIdle'), value: t('console.minutes', { count: session.idleMinutes }) },
            ]}
          />
          <Text size="sm" c="var(--text-dim)" mb="sm">
            {t('console.resetHint')}
          </Text>
          <Button variant="default" loading={signOut.isPending} onClick={() => signOut.mutate()}>
            {t('console.signOut')}
          </Button>
        </Section>
      ) : null}
      <Sessions />
    </>
  );
}

function Sessions() {
  const { t } = useLang();
  const when = useWhen();
  const textOf = useErrorText();
  const sessions = useQuery(ownSessionsQuery);
  const end = useEndSession();
  return (
    <Section title={t('console.sessions')}>
      {end.isError ? (
        <Alert color="red" py="xs" role="alert">
          {textOf(end.error)}
        </Alert>
      ) : null}
      {sessions.isError && !sessions.data ? (
        <Failed error={sessions.error} retry={() => void sessions.refetch()} />
      ) : !sessions.data ? (
        <Skeleton h={80} aria-busy />
      ) : (
        <ul className={classes.plain}>
          {sessions.data.items.map((session) => (
            <li key={session.id} className={classes.inviteRow}>
              <div className={classes.about}>
                <div className={classes.head}>
                  <b>{t('console.sessionSince', { time: when(session.createdAt) ?? '' })}</b>
                  {session.current ? (
                    <Badge color="teal" variant="light" className={classes.badge}>
                      {t('console.sessionCurrent')}
                    </Badge>
                  ) : null}
                </div>
                <Text size="sm" c="var(--text-dim)">
                  {session.ip ? <bdi className="ltr">{session.ip}</bdi> : null} <bdi className="ltr">{session.userAgent}</bdi>
                </Text>
              </div>
              {session.current ? null : (
                <Button size="xs" variant="default" loading={end.isPending && end.variables === session.id} onClick={() => end.mutate(session.id)}>
                  {t('console.sessionEnd')}
                </Button>
              )}
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}
