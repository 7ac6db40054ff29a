import { Button } from '@mantine/core';
import { IconCircleCheck } from '@tabler/icons-react';
import { useState } from 'react';
import { useSession } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { formatDate } from '@/shared/i18n/format';
import { toast } from '@/shared/ui/toast';
import classes from './Account.module.css';
import { factors, type SecondFactors, useRenewAccount } from './api';
import { AccountDialog, Proof } from './Proof';
import { Section } from './Section';
import { TotpSetup } from './TotpSetup';

/** Codes of an app on the telephone. */
export function Authenticator({ state }: { state: SecondFactors }) {
  const { t, lang } = useLang();
  const { practice } = useSession();
  const renew = useRenewAccount();
  const [dialog, setDialog] = useState<'set-up' | 'remove'>();
  const [step, setStep] = useState<'proof' | 'scan' | 'codes'>('proof');
  const since = state.totp?.enabled ? state.totp.since : undefined;
  const close = () => {
    setDialog(undefined);
    void renew();
  };
  return (
    <Section
      title={t('totp.title')}
      text={t('totp.text')}
      action={
        since ? (
          <Button variant="default" onClick={() => setDialog('remove')}>
            {t('totp.remove')}
          </Button>
        ) : (
          <Button
            onClick={() => {
              setStep('proof');
              setDialog('set-up');
            }}
          >
            {t('totp.setUp')}
          </Button>
        )
      }
    >
      {since ? (
        <span className={classes.on}>
          <IconCircleCheck size={18} aria-hidden />
          {t('totp.on', { date: formatDate(lang, practice.timeZone, since) })}
        </span>
      ) : null}
      {dialog === 'set-up' ? (
        <AccountDialog title={t(step === 'codes' ? 'recovery.title' : 'totp.setUp')} onClose={close} keep={step === 'codes'}>
          <TotpSetup onStep={setStep} onDone={close} />
        </AccountDialog>
      ) : null}
      {dialog === 'remove' ? (
        <AccountDialog title={t('totp.remove')} onClose={close}>
          <Proof
            danger
            text={t('totp.removeText')}
            submit={t('totp.remove')}
            run={async (password) => {
              await factors.removeTotp(password);
              toast.done(t('totp.removed'));
              close();
            }}
          />
        </AccountDialog>
      ) : null}
    </Section>
  );
}
