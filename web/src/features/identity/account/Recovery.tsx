import { Button, Text } from '@mantine/core';
import { useState } from 'react';
import { useLang } from '@/shared/i18n';
import { factors, type SecondFactors, useRenewAccount } from './api';
import { AccountDialog, Proof } from './Proof';
import { RecoveryCodes } from './RecoveryCodes';
import { Section } from './Section';

/** How many codes are left, and new ones. */
export function Recovery({ state }: { state: SecondFactors }) {
  const { t } = useLang();
  const renew = useRenewAccount();
  const [open, setOpen] = useState(false);
  const [codes, setCodes] = useState<string[]>();
  // codes alone are no second factor
  if (!state.totp?.enabled && state.passkeys.length === 0) return null;
  const close = () => {
    setOpen(false);
    setCodes(undefined);
    void renew();
  };
  return (
    <Section
      title={t('recovery.title')}
      text={t('recovery.text')}
      action={
        <Button variant="default" onClick={() => setOpen(true)}>
          {t('recovery.renew')}
        </Button>
      }
    >
      <Text size="sm" fw={500} c={state.recoveryCodesLeft < 3 ? 'var(--mantine-color-error)' : undefined}>
        {t('recovery.left', { count: state.recoveryCodesLeft })}
      </Text>
      {open ? (
        <AccountDialog title={t('recovery.renew')} onClose={close} keep={!!codes}>
          {codes ? (
            <RecoveryCodes codes={codes} onDone={close} />
          ) : (
            <Proof
              text={t('recovery.renewText')}
              submit={t('recovery.renew')}
              run={async (password) => setCodes((await factors.newCodes(password)).recoveryCodes)}
            />
          )}
        </AccountDialog>
      ) : null}
    </Section>
  );
}
