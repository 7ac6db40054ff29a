import { Alert, Button, TextInput } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { useCan, useSession } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { digitsOf } from '@/shared/i18n/digits';
import { formErrors } from '@/shared/i18n/errors';
import { majorOf, minorOf } from '@/shared/i18n/money';
import { toast } from '@/shared/ui/toast';
import { type Settings, useSetSettings } from './api';
import { quietHours } from './quiet';
import classes from './Settings.module.css';

const FIELDS = ['quietFrom', 'quietUntil', 'dailyCap', 'partPriceMinor'] as const;

/** The quiet hours, how many messages somebody gets a day, and what a text message costs. */
export function When({ settings, canWrite }: { settings: Settings; canWrite: boolean }) {
  const words = useLang();
  const { t } = words;
  const { currency } = useSession().practice;
  const save = useSetSettings();
  const [draft, setDraft] = useState({ quietFrom: settings.quietFrom, quietUntil: settings.quietUntil, dailyCap: String(settings.dailyCap), price: settings.partPriceMinor ? majorOf({ amountMinor: settings.partPriceMinor, currency }) : '' });
  const [errors, setErrors] = useState<Partial<Record<(typeof FIELDS)[number], string>>>({});
  const [refusal, setRefusal] = useState<string>();
  const set = (next: Partial<typeof draft>) => setDraft((now) => ({ ...now, ...next }));
  const seesWorkflows = useCan()('workflows.read');
  const quiet = quietHours(draft.quietFrom, draft.quietUntil);
  const send = async (event: FormEvent) => {
    event.preventDefault();
    setErrors({});
    setRefusal(undefined);
    const price = draft.price.trim() ? minorOf(draft.price, currency) : 0;
    if (price === undefined) return setErrors({ partPriceMinor: t('field.invalid') });
    try {
      const { quietFrom, quietUntil, dailyCap } = draft;
      await save.mutateAsync({ version: settings.version, quietFrom, quietUntil, dailyCap: Number(dailyCap), partPriceMinor: price });
      toast.done(t('form.saved'));
    } catch (error) {
      const { byField, whole } = formErrors(words, error, FIELDS);
      setErrors(byField);
      setRefusal(whole);
    }
  };
  return (
    <form className={classes.form} noValidate onSubmit={(event) => void send(event)} aria-label={t('messages.settings.when')}>
      {refusal ? (
        <Alert color="red" role="alert" py="xs">
          {refusal}
        </Alert>
      ) : null}
      <div className={classes.times}>
        <TextInput label={t('messages.settings.quietFrom')} type="time" className="ownDirection tnum" readOnly={!canWrite} value={draft.quietFrom} error={errors.quietFrom} onChange={(event) => set({ quietFrom: event.currentTarget.value })} />
        <TextInput label={t('messages.settings.quietUntil')} type="time" className="ownDirection tnum" readOnly={!canWrite} value={draft.quietUntil} error={errors.quietUntil} onChange={(event) => set({ quietUntil: event.currentTarget.value })} />
      </div>
      <p className={classes.hint}>{quiet ? t('messages.settings.quietSays', { hours: quiet }) : t('messages.settings.quietNone')}</p>
      <p className={classes.hint}>
        {t('messages.settings.quietOthers')}{' '}
        {seesWorkflows ? (
          <Link to="/workflows" search={{ settings: true }} className={classes.link}>
            {t('messages.settings.quietToOthers')}
          </Link>
        ) : null}
      </p>
      <TextInput
        label={t('messages.settings.dailyCap')}
        className="ownDirection tnum"
        w={200}
        inputMode="numeric"
        maxLength={3}
        readOnly={!canWrite}
        value={draft.dailyCap}
        error={errors.dailyCap}
        onChange={(event) => set({ dailyCap: digitsOf(event.currentTarget.value) })}
      />
      <TextInput
        label={t('messages.settings.partPrice')}
        description={t('messages.settings.partPriceHint')}
        inputWrapperOrder={['label', 'input', 'description', 'error']}
        className="ownDirection tnum"
        inputMode="decimal"
        autoComplete="off"
        rightSection={<span className={classes.unit}>{currency}</span>}
        rightSectionWidth={52}
        rightSectionPointerEvents="none"
        readOnly={!canWrite}
        value={draft.price}
        error={errors.partPriceMinor}
        onChange={(event) => set({ price: event.currentTarget.value })}
      />
      {canWrite ? (
        <div className={classes.line}>
          <Button type="submit" loading={save.isPending}>
            {t('action.save')}
          </Button>
        </div>
      ) : null}
    </form>
  );
}
