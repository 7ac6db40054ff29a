import { Alert, Button, PasswordInput, Select, Switch, TextInput } from '@mantine/core';
import { type FormEvent, type ReactNode, useState } from 'react';
import { useLang } from '@/shared/i18n';
import { formErrors } from '@/shared/i18n/errors';
import { CopyField } from '@/shared/ui/CopyField';
import { toast } from '@/shared/ui/toast';
import { type ChannelSettings, type Provider, useSetChannel } from './api';
import { bodyOf, type Draft, draftOf, providersOf, textFields } from './channel';
import { Check } from './Check';
import classes from './Settings.module.css';

type Errors = Partial<Record<string, string>>;
const FIELDS = [...textFields.map((field) => `settings.${field}`), 'settings.port', 'settings.tls', 'secret', 'provider'];

/** By whom messages go out on a channel, and with what. */
export function ChannelForm({ settings, canWrite }: { settings: ChannelSettings; canWrite: boolean }) {
  const words = useLang();
  const { t } = words;
  const setChannel = useSetChannel();
  const [draft, setDraft] = useState(() => draftOf(settings));
  const [errors, setErrors] = useState<Errors>({});
  const [refusal, setRefusal] = useState<string>();
  const set = (next: Partial<Draft>) => setDraft((now) => ({ ...now, ...next }));
  const other = !!settings.version && !!settings.secretLastFour && draft.provider !== settings.provider;
  const save = async (event: FormEvent) => {
    event.preventDefault();
    if (setChannel.isPending) return;
    setErrors({});
    setRefusal(undefined);
    try {
      await setChannel.mutateAsync(bodyOf(settings, draft));
      toast.done(t('form.saved'));
    } catch (error) {
      const { byField, whole } = formErrors(words, error, FIELDS);
      setErrors(byField);
      setRefusal(whole);
    }
  };
  return (
    <form className={classes.form} noValidate onSubmit={(event) => void save(event)} aria-label={t(settings.channel === 'sms' ? 'messages.settings.sms' : 'messages.settings.email')} data-channel={settings.channel}>
      {refusal ? (
        <Alert color="red" role="alert" py="xs">
          {refusal}
        </Alert>
      ) : null}
      <Select
        label={t('messages.settings.provider')}
        description={t(`messages.settings.providerText.${draft.provider}`)}
        inputWrapperOrder={['label', 'input', 'description', 'error']}
        allowDeselect={false}
        readOnly={!canWrite}
        data={providersOf(settings.channel, settings.installation).map((value) => ({ value, label: t(`messages.settings.provider.${value}`) }))}
        value={draft.provider}
        error={errors.provider}
        onChange={(next) => next && set({ provider: next as Provider })}
      />
      {other ? (
        <Alert color="yellow" py="xs">
          {t('messages.settings.otherProvider')}
        </Alert>
      ) : null}
      <Details settings={settings} draft={draft} set={set} errors={errors} canWrite={canWrite} />
      {canWrite ? (
        <div className={classes.line}>
          <Button type="submit" loading={setChannel.isPending}>
            {t('action.save')}
          </Button>
          {settings.version && draft.provider === settings.provider ? <Check settings={settings} /> : null}
        </div>
      ) : null}
    </form>
  );
}

type DetailsProps = { settings: ChannelSettings; draft: Draft; set: (next: Partial<Draft>) => void; errors: Errors; canWrite: boolean };

/** What the provider needs. */
function Details(props: DetailsProps) {
  switch (props.draft.provider) {
    case 'smtp':
      return (
        <>
          <Smtp {...props} />
          <From {...props} />
        </>
      );
    case 'sendgrid':
      return (
        <>
          <Secret {...props} />
          <From {...props} />
          <Sendgrid {...props} />
        </>
      );
    case 'twilio':
      return <Twilio {...props} />;
    case 'installation':
      return <From {...props} address={false} />;
    case 'sandbox':
      return props.settings.channel === 'email' ? <From {...props} /> : null;
  }
}

type TextProps = DetailsProps & { field: (typeof textFields)[number]; label: string; hint?: string; mixed?: boolean; type?: string };

function Text({ draft, set, errors, canWrite, field, label, hint, mixed = false, type }: TextProps) {
  return (
    <TextInput
      label={label}
      description={hint}
      inputWrapperOrder={['label', 'input', 'description', 'error']}
      {...(mixed ? { dir: 'auto' } : { dir: 'ltr' })}
      {...(type ? { type } : {})}
      autoComplete="off"
      spellCheck={false}
      readOnly={!canWrite}
      maxLength={300}
      value={draft[field]}
      error={errors[`settings.${field}`]}
      onChange={(event) => set({ [field]: event.currentTarget.value })}
    />
  );
}

/** From whom e-mails are, and where answers go. */
function From({ address = true, ...props }: DetailsProps & { address?: boolean }) {
  const { t } = useLang();
  return (
    <>
      <div className={classes.pair}>
        <Text {...props} field="fromName" mixed label={t('messages.settings.fromName')} hint={t('messages.settings.fromNameHint')} />
        {address ? <Text {...props} field="fromAddress" type="email" label={t('messages.settings.fromAddress')} /> : null}
      </div>
      <Text {...props} field="replyTo" type="email" label={t('messages.settings.replyTo')} hint={t('messages.settings.replyToHint')} />
    </>
  );
}

function Secret({ settings, draft, set, errors, canWrite }: DetailsProps) {
  const { t } = useLang();
  const provider = draft.provider === 'twilio' || draft.provider === 'sendgrid' ? draft.provider : 'smtp';
  const kept = settings.secretLastFour && settings.provider === draft.provider;
  return (
    <PasswordInput
      label={t(`messages.settings.secret.${provider}`)}
      description={kept ? t('messages.settings.secretThere', { end: `\u2066${settings.secretLastFour}\u2069` }) : t(`messages.settings.secretHint.${provider}`)}
      inputWrapperOrder={['label', 'input', 'description', 'error']}
      autoComplete="off"
      dir="ltr"
      disabled={!canWrite}
      value={draft.secret}
      error={errors.secret}
      onChange={(event) => set({ secret: event.currentTarget.value })}
    />
  );
}

function Smtp(props: DetailsProps) {
  const { t } = useLang();
  const { draft, set, errors, canWrite } = props;
  return (
    <>
      <div className={classes.pair}>
        <Text {...props} field="host" label={t('messages.settings.host')} />
        <TextInput
          label={t('messages.settings.port')}
          dir="ltr"
          inputMode="numeric"
          maxLength={5}
          placeholder={draft.tls === 'starttls' ? '587' : '465'}
          readOnly={!canWrite}
          value={draft.port}
          error={errors['settings.port']}
          onChange={(event) => set({ port: event.currentTarget.value.replace(/\D/g, '') })}
        />
      </div>
      <Select
        label={t('messages.settings.tls')}
        allowDeselect={false}
        readOnly={!canWrite}
        data={(['implicit', 'starttls', 'none'] as const).map((value) => ({ value, label: t(`messages.settings.tls.${value}`) }))}
        value={draft.tls ?? 'implicit'}
        error={errors['settings.tls']}
        onChange={(next) => next && set({ tls: next as 'implicit' })}
      />
      <div className={classes.pair}>
        <Text {...props} field="user" label={t('messages.settings.user')} />
        <Secret {...props} />
      </div>
    </>
  );
}

function Sendgrid(props: DetailsProps) {
  const { t } = useLang();
  const { settings, draft, set, canWrite } = props;
  return (
    <>
      <Base {...props} />
      <Switch label={t('messages.settings.sandboxMode')} checked={!!draft.sandboxMode} disabled={!canWrite} onChange={(event) => set({ sandboxMode: event.currentTarget.checked })} />
      <Switch label={t('messages.settings.trackOpens')} checked={!!draft.trackOpens} disabled={!canWrite} onChange={(event) => set({ trackOpens: event.currentTarget.checked })} />
      <Hook settings={settings} provider="sendgrid" />
      <Text {...props} field="eventKey" label={t('messages.settings.eventKey')} hint={t('messages.settings.eventKeyHint')} />
    </>
  );
}

function Twilio(props: DetailsProps) {
  const { t } = useLang();
  return (
    <>
      <div className={classes.pair}>
        <Text {...props} field="accountSid" label={t('messages.settings.accountSid')} />
        <Secret {...props} />
      </div>
      <div className={classes.pair}>
        <Text {...props} field="fromNumber" type="tel" label={t('messages.settings.fromNumber')} />
        <Text {...props} field="messagingServiceSid" label={t('messages.settings.serviceSid')} />
      </div>
      <Base {...props} />
      <Hook settings={props.settings} provider="twilio" />
    </>
  );
}

/** Only where there is more than one to choose from. */
function Base({ settings, draft, set, errors, canWrite }: DetailsProps) {
  const { t } = useLang();
  if (settings.baseUrls.length < 2) return null;
  return (
    <Select label={t('messages.settings.baseUrl')} data={settings.baseUrls} value={draft.baseUrl || settings.baseUrls[0]!} allowDeselect={false} readOnly={!canWrite} error={errors['settings.baseUrl']} onChange={(next) => next && set({ baseUrl: next })} />
  );
}

/** Where the provider tells what becomes of messages. */
function Hook({ settings, provider }: { settings: ChannelSettings; provider: 'sendgrid' | 'twilio' }): ReactNode {
  const { t } = useLang();
  const there = settings.provider === provider && settings.hookUrl;
  return (
    <div className={classes.hook}>
      {there ? <CopyField label={t(`messages.settings.hook.${provider}`)} description={t(`messages.settings.hookText.${provider}`)} value={there} /> : <p className={classes.hint}>{t('messages.settings.hookLater')}</p>}
    </div>
  );
}
