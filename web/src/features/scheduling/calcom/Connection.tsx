import { Alert, Button, PasswordInput, SegmentedControl, Select, Switch } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { useSession } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { formErrors, useErrorText } from '@/shared/i18n/errors';
import { formatDateTime } from '@/shared/i18n/format';
import { toast } from '@/shared/ui/toast';
import { type Settings, useConnect, useTest } from './api';
import classes from './Calcom.module.css';

const FIELDS = ['apiKey', 'baseUrl'] as const;

/** With whom, by which key, and whether it is on; and whether it answers. */
export function Connection({ settings, canWrite }: { settings: Settings; canWrite: boolean }) {
  const words = useLang();
  const { t } = words;
  const textOf = useErrorText();
  const connect = useConnect();
  const [provider, setProvider] = useState(settings.provider);
  const [enabled, setEnabled] = useState(settings.enabled || !settings.version);
  const [key, setKey] = useState('');
  const [baseUrl, setBaseUrl] = useState(settings.baseUrl);
  const [errors, setErrors] = useState<Partial<Record<(typeof FIELDS)[number], string>>>({});
  const [refusal, setRefusal] = useState<string>();
  const other = !!settings.version && provider !== settings.provider;

  const save = async (event: FormEvent) => {
    event.preventDefault();
    if (connect.isPending) return;
    setErrors({});
    setRefusal(undefined);
    const apiKey = provider === 'calcom' ? key.trim() : '';
    try {
      await connect.mutateAsync({ version: settings.version, provider, enabled, baseUrl, versions: settings.versions, ...(apiKey ? { apiKey } : {}) });
      toast.done(t('form.saved'));
    } catch (error) {
      const { byField, whole } = formErrors(words, error, FIELDS);
      setErrors(byField);
      setRefusal(whole && textOf(error));
    }
  };

  return (
    <form className={classes.form} noValidate onSubmit={(event) => void save(event)} aria-label={t('scheduling.calcom.connection')}>
      {refusal ? (
        <Alert color="red" role="alert" py="xs">
          {refusal}
        </Alert>
      ) : null}
      <SegmentedControl
        fullWidth
        aria-label={t('scheduling.calcom.provider')}
        value={provider}
        disabled={!canWrite}
        onChange={(next) => setProvider(next as Settings['provider'])}
        data={[
          { value: 'calcom', label: t('nav.calcom') },
          { value: 'sandbox', label: t('scheduling.calcom.sandbox') },
        ]}
      />
      <p className={classes.outcome}>{t(provider === 'calcom' ? 'scheduling.calcom.calcomText' : 'scheduling.calcom.sandboxText')}</p>
      {other ? (
        <Alert color="yellow" py="xs">
          {t('scheduling.calcom.otherProvider')}
        </Alert>
      ) : null}
      {provider === 'calcom' ? (
        <>
          <PasswordInput
            label={t('scheduling.calcom.key')}
            description={settings.apiKeyLastFour ? t('scheduling.calcom.keyThere', { end: settings.apiKeyLastFour }) : t('scheduling.calcom.keyHint')}
            inputWrapperOrder={['label', 'input', 'description', 'error']}
            autoComplete="off"
            dir="ltr"
            value={key}
            disabled={!canWrite}
            error={errors.apiKey}
            onChange={(event) => setKey(event.currentTarget.value)}
          />
          {settings.baseUrls.length > 1 ? (
            <Select label={t('scheduling.calcom.address')} data={settings.baseUrls} value={baseUrl} allowDeselect={false} disabled={!canWrite} error={errors.baseUrl} onChange={(next) => next && setBaseUrl(next)} />
          ) : null}
        </>
      ) : null}
      <Switch label={t('scheduling.calcom.on')} checked={enabled} disabled={!canWrite} onChange={(event) => setEnabled(event.currentTarget.checked)} />
      <div className={classes.line}>
        {canWrite ? (
          <Button type="submit" loading={connect.isPending}>
            {t(settings.version ? 'action.save' : 'scheduling.calcom.connect')}
          </Button>
        ) : null}
        {settings.version && !other ? <Test settings={settings} canWrite={canWrite} /> : null}
      </div>
    </form>
  );
}

function Test({ settings, canWrite }: { settings: Settings; canWrite: boolean }) {
  const words = useLang();
  const { t, lang, lookup } = words;
  const { timeZone } = useSession().practice;
  const textOf = useErrorText();
  const test = useTest();
  const outcome = settings.testOutcome;
  return (
    <>
      {canWrite ? (
        <Button variant="default" loading={test.isPending} onClick={() => test.mutate(undefined, { onError: (error) => toast.failed(textOf(error)) })}>
          {t('scheduling.calcom.test')}
        </Button>
      ) : null}
      {outcome && settings.testedAt ? (
        <span role="status" className={classes.outcome} data-bad={outcome === 'ok' ? undefined : true}>
          {lookup(`scheduling.calcom.outcome.${outcome}`) ?? t('scheduling.calcom.outcome.unknown')} · <span className="tnum">{formatDateTime(lang, timeZone, settings.testedAt)}</span>
        </span>
      ) : null}
    </>
  );
}
