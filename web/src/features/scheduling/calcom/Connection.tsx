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
  const { t } = useLang();
  const connection = useConnection(settings);
  const { draft, set, refusal, sending, save } = connection;
  const other = !!settings.version && draft.provider !== settings.provider;
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
        value={draft.provider}
        disabled={!canWrite}
        onChange={(next) => set({ provider: next as Settings['provider'] })}
        data={[
          { value: 'calcom', label: t('nav.calcom') },
          { value: 'sandbox', label: t('scheduling.calcom.sandbox') },
        ]}
      />
      <p className={classes.outcome}>{t(draft.provider === 'calcom' ? 'scheduling.calcom.calcomText' : 'scheduling.calcom.sandboxText')}</p>
      {other ? (
        <Alert color="yellow" py="xs">
          {t('scheduling.calcom.otherProvider')}
        </Alert>
      ) : null}
      {draft.provider === 'calcom' ? <Access settings={settings} canWrite={canWrite} connection={connection} /> : null}
      <Switch label={t('scheduling.calcom.on')} checked={draft.enabled} disabled={!canWrite} onChange={(event) => set({ enabled: event.currentTarget.checked })} />
      <div className={classes.line}>
        {canWrite ? (
          <Button type="submit" loading={sending}>
            {t(settings.version ? 'action.save' : 'scheduling.calcom.connect')}
          </Button>
        ) : null}
        {settings.version && !other ? <Test settings={settings} canWrite={canWrite} /> : null}
      </div>
    </form>
  );
}

/** The connection as it is entered, and sending it. */
function useConnection(settings: Settings) {
  const words = useLang();
  const textOf = useErrorText();
  const connect = useConnect();
  const [draft, setDraft] = useState({ provider: settings.provider, enabled: settings.enabled || !settings.version, key: '', baseUrl: settings.baseUrl });
  const [errors, setErrors] = useState<Partial<Record<(typeof FIELDS)[number], string>>>({});
  const [refusal, setRefusal] = useState<string>();
  const set = (next: Partial<typeof draft>) => setDraft((now) => ({ ...now, ...next }));

  const save = async (event: FormEvent) => {
    event.preventDefault();
    if (connect.isPending) return;
    setErrors({});
    setRefusal(undefined);
    const { provider, enabled, key, baseUrl } = draft;
    const apiKey = provider === 'calcom' ? key.trim() : '';
    try {
      await connect.mutateAsync({ version: settings.version, provider, enabled, baseUrl, versions: settings.versions, ...(apiKey ? { apiKey } : {}) });
      toast.done(words.t('form.saved'));
    } catch (error) {
      const { byField, whole } = formErrors(words, error, FIELDS);
      setErrors(byField);
      setRefusal(whole && textOf(error));
    }
  };
  return { draft, set, errors, refusal, sending: connect.isPending, save };
}

type AccessProps = { settings: Settings; canWrite: boolean; connection: ReturnType<typeof useConnection> };

/** The key, and where Cal.com is. */
function Access({ settings, canWrite, connection: { draft, set, errors } }: AccessProps) {
  const { t } = useLang();
  return (
    <>
      <PasswordInput
        label={t('scheduling.calcom.key')}
        description={settings.apiKeyLastFour ? t('scheduling.calcom.keyThere', { end: settings.apiKeyLastFour }) : t('scheduling.calcom.keyHint')}
        inputWrapperOrder={['label', 'input', 'description', 'error']}
        autoComplete="off"
        dir="ltr"
        value={draft.key}
        disabled={!canWrite}
        error={errors.apiKey}
        onChange={(event) => set({ key: event.currentTarget.value })}
      />
      {settings.baseUrls.length > 1 ? (
        <Select label={t('scheduling.calcom.address')} data={settings.baseUrls} value={draft.baseUrl} allowDeselect={false} disabled={!canWrite} error={errors.baseUrl} onChange={(next) => next && set({ baseUrl: next })} />
      ) : null}
    </>
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
