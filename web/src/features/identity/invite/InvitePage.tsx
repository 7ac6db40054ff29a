import { Button, Skeleton, Text } from '@mantine/core';
import { IconLinkOff } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useRouter } from '@tanstack/react-router';
import { useEffect } from 'react';
import { ApiProblem } from '@/shared/api/problem';
import { type Session, sessionQuery } from '@/shared/auth/session';
import { chosenLang, setLang, useLang } from '@/shared/i18n';
import { Failed } from '@/shared/ui/Page';
import { type Invitation, inviteQuery, useAdoptSession } from '../api';
import { forgetToken, useMailedToken } from '@/shared/auth/mailedToken';
import { Notice } from '../Notice';
import { Outside } from '../Outside';
import { useLinkExternal } from '../sign-in/ExternalOutcome';
import { Join } from './Join';

export const INVITE = '/invite';

function Useless({ error }: { error: unknown }) {
  const { t, lookup } = useLang();
  const code = error instanceof ApiProblem ? error.problem.code : 'invite.missing';
  return (
    <Outside title={lookup(`${code}.title`) ?? t('invite.unknown.title')}>
      <Notice
        tone="bad"
        icon={<IconLinkOff size={24} stroke={1.7} />}
        action={
          <Button component={Link} to="/sign-in" variant="default">
            {t('forgot.toSignIn')}
          </Button>
        }
      >
        <p>{lookup(`${code}.text`) ?? t('invite.unknown.text')}</p>
      </Notice>
    </Outside>
  );
}

function What({ invite }: { invite: Invitation }) {
  const { t } = useLang();
  return (
    <>
      <Text size="sm">{t('invite.lead', { practice: invite.practiceName, role: invite.customRole?.name ?? t(`role.${invite.role}`) })}</Text>
      <Text size="sm" mt={4}>
        {t('invite.for')} <bdi className="ltr">{invite.email}</bdi>
      </Text>
    </>
  );
}

/** Where the link of an invitation leads: says what it is, then joins by a new account or by the one there is. */
export function InvitePage() {
  const { t } = useLang();
  const token = useMailedToken(INVITE);
  const router = useRouter();
  const adopt = useAdoptSession();
  const link = useLinkExternal();
  const { data: session = null } = useQuery(sessionQuery);
  const invite = useQuery({ ...inviteQuery(token ?? ''), enabled: !!token });
  const language = invite.data?.language;

  useEffect(() => {
    if (language && !chosenLang()) void setLang(language, { remember: false });
  }, [language]);

  if (!token) return <Useless error={undefined} />;
  if (invite.error) {
    const known = invite.error instanceof ApiProblem && invite.error.problem.code.startsWith('invite.');
    if (known) return <Useless error={invite.error} />;
    return (
      <Outside title={t('invite.title')}>
        <Failed error={invite.error} retry={() => void invite.refetch()} />
      </Outside>
    );
  }
  if (!invite.data) {
    return (
      <Outside title={t('invite.title')} lead={<Skeleton h={40} />}>
        <Skeleton h={36} mb="md" />
        <Skeleton h={36} />
      </Outside>
    );
  }
  const joined = async (fresh: Session) => {
    forgetToken(INVITE);
    await adopt(fresh);
    await link();
    await router.navigate({ to: '/', replace: true });
  };
  return (
    <Outside title={t('invite.titleTo', { practice: invite.data.practiceName })} lead={<What invite={invite.data} />}>
      <Join token={token} invite={invite.data} session={session} onJoined={joined} />
    </Outside>
  );
}
