import { Alert, Button, Skeleton } from '@mantine/core';
import { IconArrowBackUp, IconCircleCheck, IconLinkOff, IconMailOff } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { Frame, Note, speakTheirs } from '@/features/scheduling/visit-link/Frame';
import { hasCode } from '@/shared/api/problem';
import { useMailedToken } from '@/shared/auth/mailedToken';
import { useLang } from '@/shared/i18n';
import { useErrorText } from '@/shared/i18n/errors';
import { lookQuery, UNSUBSCRIBE, useUnsubscribe } from './api';

/** For somebody who wants no more e-mails: one question, what was done, and the way back. Programs for mail need no page. */
export function UnsubscribePage() {
  const token = useMailedToken(UNSUBSCRIBE);
  return token ? <Ask key={token} token={token} /> : <Closed />;
}

function Ask({ token }: { token: string }) {
  const { t } = useLang();
  const textOf = useErrorText();
  const look = useQuery(lookQuery(token));
  const decide = useUnsubscribe(token);
  const found = look.data;
  const language = found?.language;
  useEffect(() => {
    if (language) speakTheirs(language);
  }, [language]);
  if (hasCode(look.error, 'not_found')) return <Closed />;
  const failed = decide.error ?? look.error;
  // an undo leaves behind that it happened
  const kept = decide.data && !decide.data.unsubscribed;
  const title = t(found?.unsubscribed ? 'unsubscribe.done' : kept ? 'unsubscribe.undone' : 'unsubscribe.title');
  return (
    <Frame title={title} {...(found ? { practice: { name: found.practice, slug: found.slug, hasLogo: true, phone: null } } : {})}>
      {failed ? (
        <Alert color="red" role="alert">
          {textOf(failed)}
        </Alert>
      ) : null}
      {!found ? (
        look.error ? (
          <Button variant="default" onClick={() => void look.refetch()}>
            {t('error.retry')}
          </Button>
        ) : (
          <Skeleton h={64} />
        )
      ) : found.unsubscribed || kept ? (
        <Note icon={<IconCircleCheck size={24} stroke={1.7} />}>
          <p>{t(found.unsubscribed ? 'unsubscribe.doneText' : 'unsubscribe.undoneText', { practice: `\u2068${found.practice}\u2069` })}</p>
        </Note>
      ) : (
        <p>{t('unsubscribe.ask', { practice: `\u2068${found.practice}\u2069` })}</p>
      )}
      {found?.unsubscribed ? (
        <Button size="lg" fullWidth variant="default" leftSection={<IconArrowBackUp size={20} />} loading={decide.isPending} onClick={() => decide.mutate(true)}>
          {t('unsubscribe.undo')}
        </Button>
      ) : found && !kept ? (
        <Button size="lg" fullWidth leftSection={<IconMailOff size={20} />} loading={decide.isPending} onClick={() => decide.mutate(false)}>
          {t('unsubscribe.go')}
        </Button>
      ) : null}
    </Frame>
  );
}

function Closed() {
  const { t } = useLang();
  return (
    <Frame title={t('unsubscribe.closed')}>
      <Note tone="warn" icon={<IconLinkOff size={24} stroke={1.7} />}>
        <p>{t('unsubscribe.closedText')}</p>
      </Note>
    </Frame>
  );
}
