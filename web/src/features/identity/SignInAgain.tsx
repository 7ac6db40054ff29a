import { Alert, Button, Group, Modal, PasswordInput, Stack, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { type FormEvent, useRef, useState } from 'react';
import { settleSignIn } from '@/shared/api/reauth';
import { replaceSession, type Session } from '@/shared/auth/session';
import { tellTabs } from '@/shared/auth/tabs';
import { useLang } from '@/shared/i18n';
import { useErrorText } from '@/shared/i18n/errors';
import { leave, useSignIn } from './api';

/**
 * The session ended while somebody was at work: asks the same person for their password over the page, so that
 * whatever they typed stays, and requests that were refused go out again.
 */
export function SignInAgain({ session }: { session: Session }) {
  const { t } = useLang();
  const textOf = useErrorText();
  const client = useQueryClient();
  const router = useRouter();
  const signIn = useSignIn();
  const [password, setPassword] = useState('');
  const [missing, setMissing] = useState(false);
  const input = useRef<HTMLInputElement>(null);

  const submit = (event: FormEvent) => {
    // the dialog may be rendered inside a page's own form
    event.preventDefault();
    event.stopPropagation();
    setMissing(!password);
    if (!password) return input.current?.focus();
    signIn.mutate(
      { email: session.user.email, password, practiceSlug: session.practice.slug },
      {
        onSuccess: (fresh) => {
          replaceSession(client, fresh);
          tellTabs('signed-in');
          settleSignIn(true);
        },
        onError: () => input.current?.select(),
      },
    );
  };

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
    >
      <form noValidate onSubmit={submit}>
        <Stack gap="sm">
          <Text size="sm" c="var(--text-dim)">
            {t('signInAgain.text')}
          </Text>
          {signIn.isError ? (
            <Alert color="red" role="alert" py="xs">
              {textOf(signIn.error)}
            </Alert>
          ) : null}
          <Text size="sm" fw={500}>
            <bdi>{session.user.email}</bdi>
          </Text>
          <input type="hidden" autoComplete="username" value={session.user.email} readOnly />
          <PasswordInput
            ref={input}
            data-autofocus
            label={t('identity.password')}
            autoComplete="current-password"
            error={missing ? t('field.required') : undefined}
            visibilityToggleButtonProps={{ 'aria-label': t('identity.showPassword'), tabIndex: 0 }}
            value={password}
            onChange={(e) => setPassword(e.currentTarget.value)}
          />
          <Group justify="space-between" mt="xs">
            <Button variant="subtle" color="gray" onClick={() => void leave(client, router)}>
              {t('signInAgain.other')}
            </Button>
            <Button type="submit" loading={signIn.isPending}>
              {t('signIn.submit')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
