import { Button } from '@mantine/core';
import { IconDeviceMobile, IconFingerprint } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { useState } from 'react';
import { refreshSession } from '@/shared/api/client';
import { useSession } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { useErrorText } from '@/shared/i18n/errors';
import { toast } from '@/shared/ui/toast';
import { useSignOut } from '../api';
import { Outside } from '../Outside';
import outside from '../Outside.module.css';
import { passkeysWork } from '../webauthn';
import { factorsQuery, useRenewAccount } from './api';
import { PasskeySetup } from './Passkeys';
import { TotpSetup } from './TotpSetup';

/** The practice demands a second factor and the time to set one up is over: nothing else is open until there is one. */
export function EnrolPage() {
  const { t } = useLang();
  const { user, practice } = useSession();
  const router = useRouter();
  const renew = useRenewAccount();
  const textOf = useErrorText();
  const signOut = useSignOut();
  const [way, setWay] = useState<'totp' | 'passkey'>();
  // the answer comes from the server that demands it, so it also says when another window was quicker
  const { data } = useQuery(factorsQuery);
  const done = async () => {
    // the token that requests carry still says that one is missing
    await refreshSession(Date.now());
    await renew();
    await router.navigate({ to: '/', replace: true });
  };
  return (
    <Outside
      title={t('enrol.title')}
      lead={t('enrol.lead', { practice: practice.name })}
      foot={
        <>
          <bdi>{user.email}</bdi>{' '}
          <Button
            variant="subtle"
            size="compact-sm"
            loading={signOut.isPending}
            onClick={() => signOut.mutate(undefined, { onError: (error) => toast.failed(textOf(error)) })}
          >
            {t('user.signOut')}
          </Button>
        </>
      }
    >
      {way === 'totp' ? (
        <TotpSetup onDone={() => void done()} />
      ) : way === 'passkey' ? (
        <PasskeySetup onDone={() => void done()} />
      ) : (
        <div className={outside.fields}>
          {data?.totp?.enabled ? null : (
            <Button leftSection={<IconDeviceMobile size={18} />} onClick={() => setWay('totp')}>
              {t('enrol.totp')}
            </Button>
          )}
          {passkeysWork() ? (
            <Button variant="default" leftSection={<IconFingerprint size={18} />} onClick={() => setWay('passkey')}>
              {t('enrol.passkey')}
            </Button>
          ) : null}
        </div>
      )}
    </Outside>
  );
}
