import { Alert, Button, Skeleton, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { forgetToken, useMailedToken } from '@/shared/auth/mailedToken';
import { useLang } from '@/shared/i18n';
import { formErrors } from '@/shared/i18n/errors';
import { CodeInput } from '@/shared/ui/CodeInput';
import { CopyField } from '@/shared/ui/CopyField';
import { Failed, usePageTitle } from '@/shared/ui/Page';
import { PasswordField } from '@/shared/ui/PasswordField';
import { setupQuery, useSetUp } from './api';
import classes from './ConsolePage.module.css';

const PATH = '/platform/setup';

/** Where the link leads that was printed on the server: a password and an authenticator app, together. */
export function SetupPage() {
  const words = useLang();
  const { t } = words;
  usePageTitle(t('console.setup'));
  const navigate = useNavigate();
  const token = useMailedToken(PATH) ?? '';
  const look = useQuery(setupQuery(token));
  const setUp = useSetUp();
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const { byField, whole } = setUp.error ? formErrors(words, setUp.error, ['password', 'code']) : { byField: {}, whole: undefined };

  const submit = (event: FormEvent) => {
    event.preventDefault();
    setUp.mutate(
      { token, password, code },
      {
        onSuccess: () => {
          forgetToken(PATH);
          void navigate({ to: '/platform', replace: true });
        },
      },
    );
  };
  if (look.isError) return <Failed error={look.error} retry={() => void look.refetch()} />;
  if (!look.data) return <Skeleton h={400} m="xl" />;
  return (
    <main id="main">
      <form noValidate onSubmit={submit} className={classes.card}>
        <Title order={1}>{t('console.setup')}</Title>
        <Text size="sm" c="var(--text-dim)">
          {t('console.setupLead')}
        </Text>
        <bdi className="ltr">{look.data.email}</bdi>
        {whole ? (
          <Alert color="red" py="xs" role="alert">
            {whole}
          </Alert>
        ) : null}
        <PasswordField
          label={t('identity.password')}
          choosing={[look.data.email, look.data.name]}
          value={password}
          error={byField.password}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        <img src={`data:image/svg+xml,${encodeURIComponent(look.data.qrSvg)}`} alt={t('console.qr')} width={200} height={200} />
        <CopyField label={t('console.secret')} value={look.data.secret} />
        <CodeInput label={t('console.code')} value={code} onChange={setCode} error={byField.code} />
        <Button type="submit" loading={setUp.isPending} disabled={!password || code.length < 6}>
          {t('console.go')}
        </Button>
      </form>
    </main>
  );
}
