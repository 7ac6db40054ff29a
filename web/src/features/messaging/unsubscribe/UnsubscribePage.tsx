import { Alert, Button } from '@mantine/core';
import { IconCircleCheck, IconLinkOff, IconMailOff } from '@tabler/icons-react';
import { Frame, Note } from '@/features/scheduling/visit-link/Frame';
import { useMailedToken } from '@/shared/auth/mailedToken';
import { hasCode } from '@/shared/api/problem';
import { useLang } from '@/shared/i18n';
import { useErrorText } from '@/shared/i18n/errors';
import { UNSUBSCRIBE, useUnsubscribe } from './api';

/** For somebody who wants no more e-mails: one question, and what was done. Programs for mail do it without this page. */
export function UnsubscribePage() {
  const token = useMailedToken(UNSUBSCRIBE);
  return token ? <Ask key={token} token={token} /> : <Closed />;
}

function Ask({ token }: { token: string }) {
  const { t } = useLang();
  const textOf = useErrorText();
  const unsubscribe = useUnsubscribe();
  const done = unsubscribe.data;
  if (hasCode(unsubscribe.error, 'not_found')) return <Closed />;
  if (done)
    return (
      <Frame title={t('unsubscribe.done')}>
        <Note icon={<IconCircleCheck size={24} stroke={1.7} />}>
          <p>{t('unsubscribe.doneText', { practice: `\u2068${done.practice}\u2069` })}</p>
        </Note>
      </Frame>
    );
  return (
    <Frame title={t('unsubscribe.title')}>
      <p>{t('unsubscribe.ask')}</p>
      {unsubscribe.error ? (
        <Alert color="red" role="alert">
          {textOf(unsubscribe.error)}
        </Alert>
      ) : null}
      <Button size="lg" fullWidth leftSection={<IconMailOff size={20} />} loading={unsubscribe.isPending} onClick={() => unsubscribe.mutate(token)}>
        {t('unsubscribe.go')}
      </Button>
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
