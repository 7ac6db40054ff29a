import { Badge, Button, Skeleton } from '@mantine/core';
import { IconDeviceDesktop, IconDeviceMobile } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useSession } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { useErrorText } from '@/shared/i18n/errors';
import { formatDateTime } from '@/shared/i18n/format';
import { Failed, usePageTitle } from '@/shared/ui/Page';
import { toast } from '@/shared/ui/toast';
import classes from './Account.module.css';
import { type OwnSession, ownSessionsQuery, useEndSession } from './api';
import { Section } from './Section';

const mobile = (device: string | null) => /iOS|iPhone|iPad|Android/.test(device ?? '');

function Row({ session, onEnd, busy }: { session: OwnSession; onEnd: () => void; busy: boolean }) {
  const { t, lang } = useLang();
  const { practice } = useSession();
  const Icon = mobile(session.device) ? IconDeviceMobile : IconDeviceDesktop;
  const device = session.device ?? t('sessions.unknown');
  return (
    <li className={classes.item}>
      <span className={classes.itemIcon}>
        <Icon size={22} stroke={1.6} aria-hidden />
      </span>
      <span className={classes.itemText}>
        <b>
          <bdi>{device}</bdi>
        </b>
        <bdi>{session.practice.name}</bdi>
        {session.ip ? (
          <>
            {' · '}
            <bdi className="ltr">{session.ip}</bdi>
          </>
        ) : null}
        <br />
        {t('sessions.since', { date: formatDateTime(lang, practice.timeZone, session.createdAt) })}
        {' · '}
        {t('sessions.active', { date: formatDateTime(lang, practice.timeZone, session.lastActiveAt) })}
      </span>
      {session.current ? (
        <Badge variant="light" tt="none">
          {t('sessions.current')}
        </Badge>
      ) : (
        <Button variant="subtle" color="red" loading={busy} onClick={onEnd} aria-label={t('sessions.endOf', { device })}>
          {t('sessions.end')}
        </Button>
      )}
    </li>
  );
}

/** Where one is signed in, and the way to end it. */
export function SessionsPage() {
  const { t } = useLang();
  usePageTitle(t('account.sessions'));
  const textOf = useErrorText();
  const sessions = useQuery(ownSessionsQuery);
  const end = useEndSession();
  const [ending, setEnding] = useState<string>();
  const items = sessions.data?.items ?? [];
  const others = items.filter((session) => !session.current);

  const endAll = async (list: OwnSession[], what: string) => {
    setEnding(what);
    try {
      for (const session of list) await end.mutateAsync(session.id);
      toast.done(t('sessions.ended', { count: list.length }));
    } catch (error) {
      toast.failed(textOf(error));
    } finally {
      setEnding(undefined);
    }
  };

  if (sessions.isError) return <Failed error={sessions.error} retry={() => void sessions.refetch()} />;
  return (
    <Section
      title={t('account.sessions')}
      text={t('sessions.text')}
      action={
        others.length > 1 ? (
          <Button variant="default" loading={ending === 'all'} onClick={() => void endAll(others, 'all')}>
            {t('sessions.endOthers')}
          </Button>
        ) : undefined
      }
    >
      {sessions.data ? (
        <ul className={classes.list}>
          {items.map((session) => (
            <Row key={session.id} session={session} busy={ending === session.id} onEnd={() => void endAll([session], session.id)} />
          ))}
        </ul>
      ) : (
        <Skeleton h={140} />
      )}
    </Section>
  );
}
