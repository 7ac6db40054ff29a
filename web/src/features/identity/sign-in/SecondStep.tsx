import { Button, TextInput } from '@mantine/core';
import { IconFingerprint } from '@tabler/icons-react';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { hasCode } from '@/shared/api/problem';
import { useLang } from '@/shared/i18n';
import { CODE_LENGTH, CodeInput } from '@/shared/ui/CodeInput';
import classes from '../Outside.module.css';
import { Refusal } from '../Refusal';
import { passkeysWork } from '../webauthn';
import type { Method } from './flow';
import type { SignInFlow } from './useSignInFlow';

const OTHER: Record<Method, 'second.useCode' | 'second.usePasskey' | 'second.useRecovery'> = {
  totp: 'second.useCode',
  passkey: 'second.usePasskey',
  recovery_code: 'second.useRecovery',
};

type Props = { flow: SignInFlow; step: Extract<SignInFlow['step'], { at: 'second' }> };

/** The second factor: a code from the app, a passkey, or one of the codes that were put away for a bad day. */
export function SecondStep({ flow, step }: Props) {
  const { t } = useLang();
  const [code, setCode] = useState('');
  const [missing, setMissing] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const { using } = step;
  const others = step.methods.filter((m) => m !== using && (m !== 'passkey' || passkeysWork()));

  useEffect(() => {
    setCode('');
    setMissing(false);
    field.current?.focus();
  }, [using]);

  const send = async (text: string) => {
    if (using === 'passkey') return;
    if (await flow.code(text, using)) {
      // what is wrong stays in sight, marked, so that the next key replaces it
      field.current?.focus();
      field.current?.select();
    }
  };
  const submit = (event: FormEvent) => {
    // the dialog may be rendered inside a page's own form
    event.preventDefault();
    event.stopPropagation();
    if (using === 'passkey') return void flow.secondPasskey();
    const whole = using === 'totp' ? code.length === CODE_LENGTH : code.trim() !== '';
    setMissing(!whole);
    if (whole) void send(code.trim());
    else field.current?.focus();
  };
  const wrong = hasCode(flow.error, 'auth.invalid_code') ? t('problem.auth.invalid_code') : undefined;
  const error = missing ? t(using === 'totp' ? 'second.codeShort' : 'field.required') : wrong;

  return (
    <form noValidate onSubmit={submit} className={classes.fields} aria-label={t('second.title')}>
      {wrong ? null : <Refusal error={flow.error} />}
      {using === 'totp' ? (
        <CodeInput
          ref={field}
          data-autofocus
          autoFocus
          label={t('second.code')}
          value={code}
          onChange={setCode}
          onComplete={(whole) => void send(whole)}
          error={error}
          errorProps={{ role: 'alert' }}
        />
      ) : using === 'recovery_code' ? (
        <TextInput
          ref={field}
          data-autofocus
          label={t('second.recovery')}
          description={t('second.recoveryHint')}
          className="ownDirection"
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          value={code}
          onChange={(event) => setCode(event.currentTarget.value)}
          error={error}
          errorProps={{ role: 'alert' }}
        />
      ) : null}
      <Button
        type="submit"
        fullWidth
        loading={flow.busy === using}
        leftSection={using === 'passkey' ? <IconFingerprint size={18} /> : undefined}
        data-autofocus={using === 'passkey' || undefined}
      >
        {t(using === 'passkey' ? 'second.usePasskey' : 'second.submit')}
      </Button>
      {others.map((method) => (
        <Button key={method} variant="subtle" size="compact-sm" color="gray" onClick={() => flow.use(method)}>
          {t(OTHER[method])}
        </Button>
      ))}
      <Button variant="subtle" size="compact-sm" color="gray" onClick={flow.back}>
        {t('second.back')}
      </Button>
    </form>
  );
}
