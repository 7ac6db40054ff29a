import { Button } from '@mantine/core';
import { useLang } from '@/shared/i18n';
import { useErrorText } from '@/shared/i18n/errors';
import { toast } from '@/shared/ui/toast';
import { type Message, useCancelMessage, useDecide, useRetry } from './api';
import classes from './Acts.module.css';
import { actsOf } from './words';

/** What can be done about a message that waits, failed, or of which nobody knows whether it went out. */
export function Acts({ message }: { message: Message }) {
  const { t } = useLang();
  const textOf = useErrorText();
  const [retry, cancel, decide] = [useRetry(), useCancelMessage(), useDecide()];
  const act = actsOf(message);
  if (!act) return null;
  const busy = retry.isPending || cancel.isPending || decide.isPending;
  const attempt = (work: Promise<unknown>, done: string) => void work.then(() => toast.done(done), (error) => toast.failed(textOf(error)));
  const at = { id: message.id, version: message.version };
  return (
    <div className={classes.acts}>
      {act === 'retry' ? (
        <Button size="compact-sm" variant="light" disabled={busy} onClick={() => attempt(retry.mutateAsync(at), t('messages.retried'))}>
          {t('messages.retry')}
        </Button>
      ) : null}
      {act === 'decide' ? (
        <>
          <Button size="compact-sm" variant="light" disabled={busy} onClick={() => attempt(decide.mutateAsync({ ...at, send: true }), t('messages.retried'))}>
            {t('messages.doubtSend')}
          </Button>
          <Button size="compact-sm" variant="subtle" color="gray" disabled={busy} onClick={() => attempt(decide.mutateAsync({ ...at, send: false }), t('messages.doubtLeft'))}>
            {t('messages.doubtLeave')}
          </Button>
        </>
      ) : null}
      {act === 'cancel' ? (
        <Button size="compact-sm" variant="subtle" color="gray" disabled={busy} onClick={() => attempt(cancel.mutateAsync(at), t('messages.cancelled'))}>
          {t('messages.cancel')}
        </Button>
      ) : null}
    </div>
  );
}
