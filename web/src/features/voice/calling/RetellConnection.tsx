import { Alert, Button, PasswordInput, SegmentedControl, Switch, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { useSession } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { formErrors, useErrorText } from '@/shared/i18n/errors';
import { formatDateTime } from '@/shared/i18n/format';
import { CopyField } from '@/shared/ui/CopyField';
import { toast } from '@/shared/ui/toast';
import { type Retell, useConnectRetell, useTestRetell } from './api';
import classes from './Calling.module.css';

const FIELDS = ['apiKey', 'fromNumber'] as const;

/** With Retell or with what stands in for it, by which key, from which number; and where Retell tells what happens. */
export function RetellConnection({ settings, canWrite }: { settings: Retell; canWrite: boolean }) {
  const words = useLang();
  const { t } = words;
  const textOf = useErrorText();
  const connect = useConnectRetell();
  const [draft, setDraft] = useState({ provider: settings.provider, enabled: settings.enabled || !settings.version, key: '', from: settings.fromNumber ?? '' });
  const [errors, setErrors] = useState<Partial<Record<(typeof FIELDS)[number], string>>>({});
  const [refusal, setRefusal] = useState<string>();
  const set = (next: Partial<typeof draft>) => setDraft((now) => ({ ...now, ...next }));
  const isRetell = draft.provider === 'retell';

  const save = async (event: FormEvent) => {
    event.preventDefault();
    if (connect.isPending) return;
    setErrors({});
    setRefusal(undefined);
    const { provider, enabled, key, from } = draft;
    try {
      await connect.mutateAsync({ version: settings.version, provider, enabled, fromNumber: from.trim() || null, ...(isRetell && key.trim() ? { apiKey: key.trim() } : {}) });
      toast.done(t('form.saved'));
    } catch (error) {
      const { byField, whole } = formErrors(words, error, FIELDS);
      setErrors(byField);
      setRefusal(whole && textOf(error));
    }
  };
  return (
    <form className={classes.form} noValidate onSubmit={(event) => void save(event)} aria-label={t('calling.retell')}>
      {refusal ? (
        <Alert color="red" role="alert" py="xs">
          {refusal}
        </Alert>
      ) : null}
      <SegmentedControl
        fullWidth
        aria-label={t('calling.provider')}
        value={draft.provider}
        disabled={!canWrite}
        onChange={(next) => set({ provider: next as Retell['provider'] })}
        data={[
          { value: 'retell', label: 'Retell' },
          { value: 'sandbox', label: t('calling.sandbox') },
        ]}
      />
      <p className={classes.dim}>{t(isRetell ? 'calling.retellHint' : 'calling.sandboxHint')}</p>
      {isRetell ? (
        <PasswordInput
          label={t('calling.key')}
          description={settings.apiKeyLastFour ? t('calling.keyThere', { end: settings.apiKeyLastFour }) : t('calling.keyHint')}
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          autoComplete="off"
          dir="ltr"
          value={draft.key}
          disabled={!canWrite}
          error={errors.apiKey}
          onChange={(event) => set({ key: event.currentTarget.value })}
        />
      ) : null}
      <TextInput label={t('calling.from')} description={t('calling.fromHint')} dir="ltr" value={draft.from} disabled={!canWrite} error={errors.fromNumber} onChange={(event) => set({ from: event.currentTarget.value })} />
      <Switch label={t('calling.on')} checked={draft.enabled} disabled={!canWrite} onChange={(event) => set({ enabled: event.currentTarget.checked })} />
      <div className={classes.line}>
        {canWrite ? (
          <Button type="submit" loading={connect.isPending}>
            {t('action.save')}
          </Button>
        ) : null}
        {settings.version && draft.provider === settings.provider ? <Test settings={settings} canWrite={canWrite} /> : null}
      </div>
      {settings.version && settings.provider === 'retell' ? (
        <>
          <CopyField label={t('calling.webhookUrl')} value={settings.webhookUrl ?? ''} />
          <CopyField label={t('calling.functionUrl')} value={settings.functionUrl ?? ''} />
          <CopyField label={t('calling.retellInboundUrl')} value={settings.inboundUrl ?? ''} />
        </>
      ) : null}
    </form>
  );
}

function Test({ settings, canWrite }: { settings: Retell; canWrite: boolean }) {
  const { t, lang, lookup } = useLang();
  const { timeZone } = useSession().practice;
  const textOf = useErrorText();
  const test = useTestRetell();
  const outcome = settings.testOutcome;
  return (
    <>
      {canWrite ? (
        <Button variant="default" loading={test.isPending} onClick={() => test.mutate(undefined, { onError: (error) => toast.failed(textOf(error)) })}>
          {t('calling.test')}
        </Button>
      ) : null}
      {outcome && settings.testedAt ? (
        <span role="status" className={classes.dim} data-bad={outcome === 'ok' ? undefined : true}>
          {lookup(`calling.outcome.${outcome}`) ?? t('calling.outcome.unknown')} · <span className="tnum">{formatDateTime(lang, timeZone, settings.testedAt)}</span>
        </span>
      ) : null}
    </>
  );
}
