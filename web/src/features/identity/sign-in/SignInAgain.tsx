import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { IconFingerprint } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { type FormEvent, lazy, Suspense, useRef, useState } from 'react';
import { settleSignIn, signInNeeded } from '@/shared/api/reauth';
import { markPresent } from '@/shared/auth/presence';
import { identityOf, replaceSession, type Session } from '@/shared/auth/session';
import { tellTabs } from '@/shared/auth/tabs';
import { useLang } from '@/shared/i18n';
import { useStore } from '@/shared/store';
import { PasswordField } from '@/shared/ui/PasswordField';
import { leave } from '../api';
import { Refusal } from '../Refusal';
import { passkeysWork } from '../webauthn';
import classes from './SignInAgain.module.css';
import { type SignInFlow, useSignInFlow } from './useSignInFlow';

const SecondStep = lazy(() => import('./SecondStep').then((m) => ({ default: m.SecondStep })));

function PasswordAgain({ flow, session }: { flow: SignInFlow; session: Session }) {
  const { t } = useLang();
  const client = useQueryClient();
  const router = useRouter();
  const [password, setPassword] = useState('');
  const [missing, setMissing] = useState(false);
  const input = useRef<HTMLInputElement>(null);

  const submit = async (event: FormEvent) => {
    // the dialog may be rendered inside a page's own form
    event.preventDefault();
    event.stopPropagation();
    setMissing(!password);
    if (!password) return input.current?.focus();
    if (await flow.password(session.user.email, password)) input.current?.select();
  };

  return (
    <form noValidate onSubmit={(event) => void submit(event)}>
      <Stack gap="sm">
        <Refusal error={flow.error} />
        <Text size="sm" fw={500}>
          <bdi>{session.user.email}</bdi>
        </Text>
        <input type="hidden" autoComplete="username" value={session.user.email} readOnly />
        <PasswordField
          ref={input}
          data-autofocus
          label={t('identity.password')}
          error={missing ? t('field.required') : undefined}
          value={password}
          onChange={(e) => setPassword(e.currentTarget.value)}
        />
        <Group justify="space-between" mt="xs">
          <Button variant="subtle" color="gray" onClick={() => void leave(client, router)}>
            {t('signInAgain.other')}
          </Button>
          <Button type="submit" loading={flow.busy === 'password'}>
            {t('signIn.submit')}
          </Button>
        </Group>
        {passkeysWork() ? (
          <Button variant="default" leftSection={<IconFingerprint size={18} />} loading={flow.busy === 'passkeyAlone'} onClick={() => void flow.passkeyAlone()}>
            {t('signIn.passkey')}
          </Button>
        ) : null}
      </Stack>
    </form>
  );
}

/**
 * The session ended while somebody was at work: asks the same person to sign in over the page, so that whatever they
 * typed stays, and requests that were refused go out again.
 */
export function SignInAgain({ session }: { session: Session }) {
  const { t } = useLang();
  const client = useQueryClient();
  const why = useStore(signInNeeded);
  const flow = useSignInFlow((fresh) => {
    markPresent();
    replaceSession(client, fresh);
    tellTabs('signed-in');
    // a passkey may be somebody else's: then nothing of what waits is sent in their name
    settleSignIn(identityOf(fresh) === identityOf(session));
  }, session.practice.slug);
  const { step } = flow;

  return (
    <Modal
      opened
      onClose={() => undefined}
      withCloseButton={false}
      closeOnEscape={false}
      closeOnClickOutside={false}
      title={t('signInAgain.title')}
      centered
      zIndex={400}
      // nobody was there: whoever passes by now shall not read what is underneath
      classNames={why === 'idle' ? { overlay: classes.lock ?? '' } : {}}
    >
      <Stack gap="sm">
        <Text size="sm" c="var(--text-dim)">
          {t(step.at === 'second' ? `second.lead.${step.using}` : why === 'idle' ? 'signInAgain.idle' : 'signInAgain.text')}
        </Text>
        {step.at === 'second' ? (
          <Suspense>
            <SecondStep flow={flow} step={step} />
          </Suspense>
        ) : (
          <PasswordAgain flow={flow} session={session} />
        )}
      </Stack>
    </Modal>
  );
}
