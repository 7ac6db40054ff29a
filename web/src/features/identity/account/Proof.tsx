import { Alert, Button, Modal, Stack, Text } from '@mantine/core';
import { type FormEvent, type ReactNode, useRef, useState } from 'react';
import { ApiProblem, fieldIssues } from '@/shared/api/problem';
import { useSession } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { PasswordField } from '@/shared/ui/PasswordField';
import { useIdentityErrorText } from '../words';

type ProofProps = {
  text: string;
  submit: string;
  danger?: boolean;
  /** Asked for together with the password. */
  children?: ReactNode;
  /** False when something else in the form is missing. */
  ready?: () => boolean;
  run: (password: string) => Promise<void>;
};

/** Asks for the password before something that whoever finds an open screen must not do. */
export function Proof({ text, submit, danger = false, children, ready, run }: ProofProps) {
  const { t, lookup } = useLang();
  const textOf = useIdentityErrorText();
  const { user } = useSession();
  const [password, setPassword] = useState('');
  const [missing, setMissing] = useState(false);
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const field = useRef<HTMLInputElement>(null);

  const issue = error instanceof ApiProblem ? fieldIssues(error.problem).find((i) => i.field === 'password') : undefined;
  const onSubmit = async (event: FormEvent) => {
    event.preventDefault();
    event.stopPropagation();
    const whole = ready?.() ?? true;
    setMissing(!password);
    if (!password) field.current?.focus();
    if (!password || !whole) return;
    setError(undefined);
    setBusy(true);
    try {
      await run(password);
    } catch (refused) {
      setError(refused);
      field.current?.select();
    } finally {
      setBusy(false);
    }
  };

  return (
    <form noValidate onSubmit={(event) => void onSubmit(event)}>
      <Stack gap="sm">
        <Text size="sm" c="var(--text-dim)">
          {text}
        </Text>
        {error && !issue ? (
          <Alert color="red" role="alert" py="xs">
            {textOf(error)}
          </Alert>
        ) : null}
        {children}
        <input type="hidden" autoComplete="username" value={user.email} readOnly />
        <PasswordField
          ref={field}
          data-autofocus={children ? undefined : true}
          label={t('identity.password')}
          description={t('account.proof')}
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
          error={missing ? t('field.required') : issue ? (lookup(`problem.password.${issue.code}`) ?? issue.message) : undefined}
        />
        <Button type="submit" color={danger ? 'red' : undefined} loading={busy} mt="xs">
          {submit}
        </Button>
      </Stack>
    </form>
  );
}

type DialogProps = { title: string; onClose: () => void; children: ReactNode; keep?: boolean };

/** `keep`: what it shows is gone when it closes, so that only its own button closes it. */
export function AccountDialog({ title, onClose, children, keep = false }: DialogProps) {
  const { t } = useLang();
  return (
    <Modal
      opened
      onClose={onClose}
      title={title}
      size={460}
      centered
      closeOnEscape={!keep}
      closeOnClickOutside={false}
      withCloseButton={!keep}
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      {children}
    </Modal>
  );
}
