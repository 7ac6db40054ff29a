import { Button, Stack } from '@mantine/core';
import { type FormEvent, useRef, useState } from 'react';
import { ApiProblem, fieldIssues } from '@/shared/api/problem';
import { useLang } from '@/shared/i18n';
import { CODE_LENGTH, CodeInput } from '@/shared/ui/CodeInput';
import { CopyField } from '@/shared/ui/CopyField';
import { Refusal } from '../Refusal';
import classes from './Account.module.css';
import { factors, type TotpSeed } from './api';
import { Proof } from './Proof';
import { RecoveryCodes } from './RecoveryCodes';

type Props = { onStep?: (step: 'proof' | 'scan' | 'codes') => void; onDone: () => void };

/** An authenticator app, in three steps: it is you; the app takes the secret; the codes are put away. */
export function TotpSetup({ onStep, onDone }: Props) {
  const { t } = useLang();
  const [seed, setSeed] = useState<TotpSeed>();
  const [codes, setCodes] = useState<string[]>();

  if (codes) return <RecoveryCodes codes={codes} onDone={onDone} />;
  if (!seed) {
    return (
      <Proof
        text={t('totp.proof')}
        submit={t('totp.begin')}
        run={async (password) => {
          setSeed(await factors.beginTotp(password));
          onStep?.('scan');
        }}
      />
    );
  }
  return (
    <Scan
      seed={seed}
      onConfirmed={(fresh) => {
        setCodes(fresh);
        onStep?.('codes');
      }}
    />
  );
}

function Scan({ seed, onConfirmed }: { seed: TotpSeed; onConfirmed: (codes: string[]) => void }) {
  const { t } = useLang();
  const [code, setCode] = useState('');
  const [error, setError] = useState<unknown>();
  const [short, setShort] = useState(false);
  const [busy, setBusy] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const wrong = error instanceof ApiProblem && fieldIssues(error.problem).some((issue) => issue.field === 'code');

  const confirm = async (text: string) => {
    setShort(text.length < CODE_LENGTH);
    if (text.length < CODE_LENGTH) return field.current?.focus();
    if (busy) return;
    setError(undefined);
    setBusy(true);
    try {
      onConfirmed((await factors.confirmTotp(text)).recoveryCodes);
    } catch (refused) {
      setError(refused);
      field.current?.focus();
      field.current?.select();
    } finally {
      setBusy(false);
    }
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    event.stopPropagation();
    void confirm(code);
  };

  return (
    <form noValidate onSubmit={submit}>
      <Stack gap="sm">
        <ol className={classes.steps}>
          <li>{t('totp.step1')}</li>
          <li>{t('totp.step2')}</li>
          <li>{t('totp.step3')}</li>
        </ol>
        <img className={classes.qr} alt={t('totp.qr')} src={`data:image/svg+xml,${encodeURIComponent(seed.qrSvg)}`} />
        <CopyField label={t('totp.secret')} value={seed.secret} />
        {wrong ? null : <Refusal error={error} />}
        <CodeInput
          ref={field}
          label={t('second.code')}
          value={code}
          onChange={setCode}
          onComplete={(whole) => void confirm(whole)}
          error={short ? t('second.codeShort') : wrong ? t('problem.auth.invalid_code') : undefined}
          errorProps={{ role: 'alert' }}
        />
        <Button type="submit" loading={busy}>
          {t('second.submit')}
        </Button>
      </Stack>
    </form>
  );
}
