import { Button } from '@mantine/core';
import { IconFingerprint, IconLogin2 } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useLang } from '@/shared/i18n';
import { providersQuery } from '../api';
import classes from '../Outside.module.css';
import { passkeysWork } from '../webauthn';
import type { SignInFlow } from './useSignInFlow';

type Props = { flow: SignInFlow; practiceSlug?: string | undefined; next?: string | undefined };

/** In without a password: a passkey, or an account that the practice has elsewhere. */
export function OtherWays({ flow, practiceSlug, next }: Props) {
  const { t } = useLang();
  const { data: providers = [] } = useQuery(providersQuery);
  const passkeys = passkeysWork();
  if (!passkeys && providers.length === 0) return null;
  const back = new URLSearchParams({ ...(practiceSlug ? { practiceSlug } : {}), ...(next ? { next } : {}) });
  return (
    <>
      <div className={classes.or}>{t('signIn.or')}</div>
      {passkeys ? (
        <Button variant="default" fullWidth leftSection={<IconFingerprint size={18} />} loading={flow.busy === 'passkeyAlone'} onClick={() => void flow.passkeyAlone()}>
          {t('signIn.passkey')}
        </Button>
      ) : null}
      {providers.map(({ id, name }) => (
        <Button key={id} component="a" variant="default" fullWidth leftSection={<IconLogin2 size={18} />} href={`/api/v1/auth/${id}/start?${back}`}>
          {t('signIn.provider', { name })}
        </Button>
      ))}
    </>
  );
}
