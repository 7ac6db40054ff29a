import { Button, Skeleton } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useSession } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { useErrorText } from '@/shared/i18n/errors';
import { formatDateTime, formatNumber } from '@/shared/i18n/format';
import { Failed } from '@/shared/ui/Page';
import { toast } from '@/shared/ui/toast';
import { type Delivery, deliveryQuery, useReplay } from './api';
import classes from './Webhooks.module.css';
import { useWebhookWords } from './words';

/** The tries of a delivery and what is sent; sending it again. */
export function DeliveryDetail({ delivery, canReplay }: { delivery: Delivery; canReplay: boolean }) {
  const { t, lang } = useLang();
  const { practice } = useSession();
  const textOf = useErrorText();
  const { sayError } = useWebhookWords();
  const found = useQuery(deliveryQuery(delivery));
  const replay = useReplay();
  if (found.error) return <Failed error={found.error} retry={() => void found.refetch()} />;
  if (!found.data) return <Skeleton h={80} m="sm" />;
  const { tries, body, messageId } = found.data;
  return (
    <div className={classes.detail}>
      {tries.length ? (
        <ol className={classes.tries} aria-label={t('webhooks.tries')}>
          {tries.map((one) => (
            <li key={one.at} data-bad={one.error ? true : undefined}>
              <span>{formatDateTime(lang, practice.timeZone, one.at)}</span>
              <span>{one.error ? sayError(one.error, one.status) : t('webhooks.taken', { status: one.status ?? '' })}</span>
              <span>{t('webhooks.took', { ms: formatNumber(lang, one.durationMs) })}</span>
            </li>
          ))}
        </ol>
      ) : (
        <p className={classes.quiet}>{t('webhooks.noTry')}</p>
      )}
      <p className={classes.quiet}>
        {t('webhooks.messageId')} <bdi className="ltr">{messageId}</bdi>
      </p>
      <pre dir="ltr" className={classes.body} tabIndex={0} aria-label={t('webhooks.body')}>
        {JSON.stringify(JSON.parse(body), null, 2)}
      </pre>
      {canReplay && delivery.state !== 'pending' ? (
        <Button
          size="xs"
          variant="default"
          leftSection={<IconRefresh size={14} />}
          loading={replay.isPending}
          onClick={() => replay.mutate(delivery.id, { onSuccess: () => toast.done(t('webhooks.replayedOne')), onError: (error) => toast.failed(textOf(error)) })}
        >
          {t('webhooks.replay')}
        </Button>
      ) : null}
    </div>
  );
}
