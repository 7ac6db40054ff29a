import { Button, Popover, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useSession } from '@/shared/auth/session';
import { useSendKey } from '@/shared/forms/useSubmit';
import { useLang } from '@/shared/i18n';
import { formErrors, useErrorText } from '@/shared/i18n/errors';
import { formatDateTime } from '@/shared/i18n/format';
import { toast } from '@/shared/ui/toast';
import { messageQuery, type Message } from '../api';
import { StateMark } from '../StateMark';
import { useMessageWords } from '../words';
import { type ChannelSettings, useCheckChannel, useTestChannel } from './api';
import classes from './Settings.module.css';
import { useQuery } from '@tanstack/react-query';

/** Whether the provider answers, and a message to an address of one's own. */
export function Check({ settings }: { settings: ChannelSettings }) {
  const { t, lang } = useLang();
  const { timeZone } = useSession().practice;
  const textOf = useErrorText();
  const { reason } = useMessageWords();
  const check = useCheckChannel();
  const outcome = settings.testOutcome;
  return (
    <>
      {settings.provider === 'sandbox' ? null : (
        <Button variant="default" loading={check.isPending} onClick={() => check.mutate(settings.channel, { onError: (error) => toast.failed(textOf(error)) })}>
          {t('messages.settings.check')}
        </Button>
      )}
      <Test settings={settings} />
      {outcome && settings.testedAt && settings.provider !== 'sandbox' ? (
        <span role="status" className={classes.outcome} data-bad={outcome === 'ok' ? undefined : true}>
          {outcome === 'ok' ? t('messages.settings.works') : reason(outcome)} · <span className="tnum">{formatDateTime(lang, timeZone, settings.testedAt)}</span>
        </span>
      ) : null}
    </>
  );
}

function Test({ settings: { channel } }: { settings: ChannelSettings }) {
  const words = useLang();
  const { t, lang } = words;
  const session = useSession();
  const client = useQueryClient();
  const keyOf = useSendKey();
  const test = useTestChannel();
  const [open, setOpen] = useState(false);
  const [to, setTo] = useState(channel === 'email' ? session.user.email : '');
  const [error, setError] = useState<string>();
  const [sent, setSent] = useState<string>();
  const send = async (event: FormEvent) => {
    event.preventDefault();
    event.stopPropagation();
    setError(undefined);
    try {
      const body = { channel, to: to.trim(), language: lang };
      // each press is a test of its own
      const made = (await test.mutateAsync({ ...body, key: keyOf({ ...body, after: sent }) })) as Message;
      client.setQueryData(messageQuery(made.id).queryKey, made);
      setSent(made.id);
    } catch (refused) {
      const { byField, whole } = formErrors(words, refused, ['to']);
      setError(byField.to ?? whole);
    }
  };
  return (
    <Popover opened={open} onChange={setOpen} position="bottom-start" width={320} trapFocus shadow="md">
      <Popover.Target>
        <Button variant="default" onClick={() => setOpen(!open)}>
          {t('messages.settings.test')}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <form className={classes.test} noValidate onSubmit={(event) => void send(event)}>
          <TextInput label={t(`messages.settings.testTo.${channel}`)} type={channel === 'email' ? 'email' : 'tel'} dir="ltr" data-autofocus value={to} error={error} onChange={(event) => setTo(event.currentTarget.value)} />
          <Button type="submit" size="compact-md" loading={test.isPending} disabled={!to.trim()}>
            {t('messages.settings.test')}
          </Button>
          {sent ? <Fate id={sent} /> : null}
        </form>
      </Popover.Dropdown>
    </Popover>
  );
}

/** What becomes of the test, as it happens. */
function Fate({ id }: { id: string }) {
  const { reason } = useMessageWords();
  const message = useQuery(messageQuery(id)).data;
  if (!message) return null;
  return (
    <span role="status" className={classes.outcome}>
      <StateMark state={message.state} />
      {message.reason ? <span> {reason(message.reason)}</span> : null}
    </span>
  );
}
