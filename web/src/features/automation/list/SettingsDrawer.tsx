import { Alert, Button, NumberInput, Skeleton, Switch, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { settingsQuery as messagingQuery } from '@/features/messaging/settings/api';
import { useCan } from '@/shared/auth/session';
import forms from '@/shared/forms/forms.module.css';
import { useLang } from '@/shared/i18n';
import { useErrorText } from '@/shared/i18n/errors';
import { Failed } from '@/shared/ui/Page';
import { SideDrawer } from '@/shared/ui/SideDrawer';
import { toast } from '@/shared/ui/toast';
import { type Settings, settingsQuery, useSetSettings } from '../api';
import classes from './List.module.css';

const MOST_DAYS = 3_650;
const USUAL = { from: '21:00', until: '08:00' };

/** What counts for all of them: when nobody is to be disturbed, and how long it is kept what they did. */
export function SettingsDrawer({ onClose }: { onClose: () => void }) {
  const { t } = useLang();
  const settings = useQuery(settingsQuery);
  return (
    <SideDrawer title={t('workflows.settings')} onClose={onClose}>
      {settings.error && !settings.data ? (
        <Failed error={settings.error} retry={() => void settings.refetch()} />
      ) : settings.data ? (
        <Form key={settings.data.version} settings={settings.data} onClose={onClose} />
      ) : (
        <Skeleton h={220} />
      )}
    </SideDrawer>
  );
}

/** Messages have quiet hours of their own: whoever sets these should not take them for those. */
function OfMessages({ onLeave }: { onLeave: () => void }) {
  const { t } = useLang();
  const may = useCan()('messages.read');
  const hours = useQuery({ ...messagingQuery, enabled: may }).data;
  return (
    <p className={classes.others}>
      {t('workflows.settings.quiet.messages')}{' '}
      {may ? (
        <Link to="/settings/messages" hash="messages.settings.when" onClick={onLeave}>
          {hours && hours.quietFrom !== hours.quietUntil ? t('workflows.settings.quiet.toMessages', { from: hours.quietFrom, until: hours.quietUntil }) : t('workflows.settings.quiet.toMessagesNone')}
        </Link>
      ) : null}
    </p>
  );
}

function Form({ settings, onClose }: { settings: Settings; onClose: () => void }) {
  const { t } = useLang();
  const textOf = useErrorText();
  const readOnly = !useCan()('workflows.publish');
  const set = useSetSettings();
  const [quiet, setQuiet] = useState(settings.quietFrom !== null);
  const [from, setFrom] = useState(settings.quietFrom ?? USUAL.from);
  const [until, setUntil] = useState(settings.quietUntil ?? USUAL.until);
  const [days, setDays] = useState<number | ''>(settings.historyDays);
  const [refusal, setRefusal] = useState<string>();

  const save = async (event: FormEvent) => {
    event.preventDefault();
    if (!days) return;
    setRefusal(undefined);
    try {
      await set.mutateAsync({ version: settings.version, quietFrom: quiet ? from : null, quietUntil: quiet ? until : null, historyDays: days });
      toast.done(t('form.saved'));
      onClose();
    } catch (error) {
      setRefusal(textOf(error));
    }
  };

  return (
    <form className={forms.form} onSubmit={(event) => void save(event)} noValidate>
      <div className={forms.fields}>
        <Switch label={t('workflows.settings.quiet')} description={t('workflows.settings.quiet.about')} checked={quiet} disabled={readOnly} onChange={(event) => setQuiet(event.currentTarget.checked)} />
        <OfMessages onLeave={onClose} />
        {quiet ? (
          <div className={forms.two}>
            <TextInput type="time" label={t('workflows.settings.from')} className="ownDirection tnum" value={from} readOnly={readOnly} onChange={(event) => setFrom(event.currentTarget.value)} />
            <TextInput type="time" label={t('workflows.settings.until')} className="ownDirection tnum" value={until} readOnly={readOnly} onChange={(event) => setUntil(event.currentTarget.value)} />
          </div>
        ) : null}
        <NumberInput
          label={t('workflows.settings.history')}
          description={t('workflows.settings.history.about')}
          className="ownDirection tnum"
          min={1}
          max={MOST_DAYS}
          allowDecimal={false}
          readOnly={readOnly}
          error={days ? undefined : t('field.required')}
          value={days}
          onChange={(value) => setDays(value === '' ? '' : Number(value))}
        />
        {refusal ? (
          <Alert color="red" role="alert" py="xs">
            {refusal}
          </Alert>
        ) : null}
      </div>
      <div className={forms.foot}>
        <Button variant="default" onClick={onClose}>
          {t(readOnly ? 'action.close' : 'action.cancel')}
        </Button>
        {readOnly ? null : (
          <Button type="submit" loading={set.isPending}>
            {t('action.save')}
          </Button>
        )}
      </div>
    </form>
  );
}
