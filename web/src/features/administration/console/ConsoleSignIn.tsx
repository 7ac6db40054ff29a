import { Alert, Button, Text, TextInput, Title } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { useLang } from '@/shared/i18n';
import { useErrorText } from '@/shared/i18n/errors';
import { CodeInput } from '@/shared/ui/CodeInput';
import { PasswordField } from '@/shared/ui/PasswordField';
import { useStore } from '@/shared/store';
import { endedIdle, useGiveCode, useSignIn } from './api';
import classes from './ConsolePage.module.css';

/** E-mail and password, then a code: always both. */
export function ConsoleSignIn() {
  const { t } = useLang();
  const textOf = useErrorText();
  const signIn = useSignIn();
  const giveCode = useGiveCode();
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const idle = useStore(endedIdle);
  const challenge = signIn.data?.challenge;
  const failed = challenge ? giveCode.error : signIn.error;

  const send = (typed = code) => {
    if (!challenge) return signIn.mutate({ email: email.trim(), password });
    giveCode.mutate({ challenge, code: typed }, { onError: () => setCode('') });
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    send();
  };
  return (
    <form noValidate onSubmit={submit} className={classes.card}>
      <Title order={1}>{t('console.signIn')}</Title>
      <Text size="sm" c="var(--text-dim)">
        {t(challenge ? 'console.codeLead' : 'console.signInLead')}
      </Text>
      {idle && !failed ? (
        <Alert color="yellow" py="xs">
          {t('console.idleEnded')}
        </Alert>
      ) : null}
      {failed ? (
        <Alert color="red" py="xs" role="alert">
          {textOf(failed)}
        </Alert>
      ) : null}
      {challenge ? (
        <CodeInput label={t('console.code')} value={code} onChange={setCode} onComplete={send} autoFocus />
      ) : (
        <>
          <TextInput
            label={t('identity.email')}
            type="email"
            className="ownDirection"
            autoComplete="username"
            autoFocus
            value={email}
            onChange={(event) => setEmail(event.currentTarget.value)}
          />
          <PasswordField label={t('identity.password')} value={password} onChange={(event) => setPassword(event.currentTarget.value)} />
        </>
      )}
      <Button type="submit" loading={signIn.isPending || giveCode.isPending} disabled={challenge ? code.length < 6 : !email || !password}>
        {t('console.go')}
      </Button>
      {challenge ? (
        <Button variant="subtle" color="gray" onClick={() => signIn.reset()}>
          {t('console.back')}
        </Button>
      ) : null}
    </form>
  );
}
