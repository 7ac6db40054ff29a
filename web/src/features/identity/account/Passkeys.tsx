import { Button, Text, TextInput } from '@mantine/core';
import { IconFingerprint, IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import { useSession } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { formatDate } from '@/shared/i18n/format';
import { toast } from '@/shared/ui/toast';
import { passkeysWork } from '../webauthn';
import classes from './Account.module.css';
import { factors, type Passkey, type SecondFactors, useRenewAccount } from './api';
import { AccountDialog, Proof } from './Proof';
import { Section } from './Section';

/** A name to begin with, from what the browser says of its device. */
function thisDevice(agent: string = navigator.userAgent): string {
  const known = [/iPhone/, /iPad/, /Android/, /Macintosh/, /Windows/, /CrOS/, /Linux/].find((word) => word.test(agent))?.source;
  const names: Record<string, string> = { Macintosh: 'Mac', CrOS: 'Chromebook' };
  return known ? (names[known] ?? known) : '';
}

/** Asks for a name and the password, then the browser takes over. */
export function PasskeySetup({ onDone }: { onDone: () => void }) {
  const { t } = useLang();
  const [name, setName] = useState(thisDevice);
  const [missing, setMissing] = useState(false);
  return (
    <Proof
      text={t('passkeys.addText')}
      submit={t('passkeys.create')}
      ready={() => {
        setMissing(!name.trim());
        return name.trim() !== '';
      }}
      run={async (password) => {
        await factors.addPasskey(name.trim(), password);
        toast.done(t('passkeys.added'));
        onDone();
      }}
    >
      <TextInput
        data-autofocus
        label={t('passkeys.name')}
        description={t('passkeys.nameHint')}
        maxLength={60}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        error={missing ? t('field.required') : undefined}
      />
    </Proof>
  );
}

/** Fingerprint, face or key: nothing to remember, and nothing that could be told to a false page. */
export function Passkeys({ state }: { state: SecondFactors }) {
  const { t, lang } = useLang();
  const { practice } = useSession();
  const renew = useRenewAccount();
  const [adding, setAdding] = useState(false);
  const [removing, setRemoving] = useState<Passkey>();
  const close = () => {
    setAdding(false);
    setRemoving(undefined);
    void renew();
  };
  const when = (at: string) => formatDate(lang, practice.timeZone, at);
  return (
    <Section
      title={t('passkeys.title')}
      text={t('passkeys.text')}
      action={
        passkeysWork() ? (
          <Button variant="default" leftSection={<IconPlus size={16} />} onClick={() => setAdding(true)}>
            {t('passkeys.add')}
          </Button>
        ) : undefined
      }
    >
      {state.passkeys.length ? (
        <ul className={classes.list}>
          {state.passkeys.map((passkey) => (
            <li key={passkey.id} className={classes.item}>
              <span className={classes.itemIcon}>
                <IconFingerprint size={22} stroke={1.6} aria-hidden />
              </span>
              <span className={classes.itemText}>
                <b>
                  <bdi>{passkey.name}</bdi>
                </b>
                {t('passkeys.created', { date: when(passkey.createdAt) })}
                {' · '}
                {passkey.lastUsedAt ? t('passkeys.used', { date: when(passkey.lastUsedAt) }) : t('passkeys.unused')}
              </span>
              <Button variant="subtle" color="red" onClick={() => setRemoving(passkey)} aria-label={t('passkeys.removeOf', { name: passkey.name })}>
                {t('action.remove')}
              </Button>
            </li>
          ))}
        </ul>
      ) : passkeysWork() ? null : (
        <Text size="sm">{t('passkeys.cannot')}</Text>
      )}
      {adding ? (
        <AccountDialog title={t('passkeys.add')} onClose={close}>
          <PasskeySetup onDone={close} />
        </AccountDialog>
      ) : null}
      {removing ? (
        <AccountDialog title={t('passkeys.remove')} onClose={close}>
          <Proof
            danger
            text={t('passkeys.removeText', { name: removing.name })}
            submit={t('passkeys.remove')}
            run={async (password) => {
              await factors.removePasskey(removing.id, password);
              toast.done(t('passkeys.removed'));
              close();
            }}
          />
        </AccountDialog>
      ) : null}
    </Section>
  );
}
