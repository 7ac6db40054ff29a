import { Badge, Button, SegmentedControl, Skeleton, Title } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useSession } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { useErrorText } from '@/shared/i18n/errors';
import { formatDateTime } from '@/shared/i18n/format';
import { More } from '@/shared/ui/More';
import { Failed } from '@/shared/ui/Page';
import { toast } from '@/shared/ui/toast';
import { deliveriesQuery, type Delivery, type DeliveryState, type Endpoint, useReplayFailed } from './api';
import { DeliveryDetail } from './DeliveryDetail';
import classes from './Webhooks.module.css';
import { useWebhookWords } from './words';

const STATES = ['all', 'pending', 'delivered', 'failed'] as const;
/** What can be sent again at once is everything that is still kept. */
const KEPT_DAYS = 30;
const DAY_MS = 86_400_000;

/** What an endpoint was told, the newest first. */
export function Deliveries({ endpoint, canWrite }: { endpoint: Endpoint; canWrite: boolean }) {
  const { t } = useLang();
  const textOf = useErrorText();
  const [state, setState] = useState<(typeof STATES)[number]>('all');
  const list = useInfiniteQuery(deliveriesQuery(endpoint.id, state === 'all' ? undefined : (state satisfies DeliveryState)));
  const again = useReplayFailed();
  const items = list.data?.pages.flatMap((page) => page.items);
  const replay = () =>
    again.mutate(
      { id: endpoint.id, since: new Date(Date.now() - KEPT_DAYS * DAY_MS).toISOString() },
      {
        onSuccess: ({ deliveries, more }) => toast.done(t(more ? 'webhooks.replayedMore' : 'webhooks.replayed', { count: deliveries })),
        onError: (error) => toast.failed(textOf(error)),
      },
    );
  return (
    <section className={classes.log} aria-labelledby="webhooks-log">
      <div className={classes.logHead}>
        <Title order={3} id="webhooks-log" fz="md">
          {t('webhooks.log')}
        </Title>
        <SegmentedControl
          size="xs"
          value={state}
          onChange={(next) => setState(STATES.find((one) => one === next) ?? 'all')}
          data={STATES.map((value) => ({ value, label: t(`webhooks.state.${value}`) }))}
          aria-label={t('webhooks.filter')}
        />
        {canWrite && endpoint.active && state === 'failed' && items?.length ? (
          <Button size="xs" variant="default" loading={again.isPending} onClick={replay}>
            {t('webhooks.replayAll')}
          </Button>
        ) : null}
      </div>
      {list.isError && !items ? (
        <Failed error={list.error} retry={() => void list.refetch()} />
      ) : !items ? (
        <Skeleton h={120} />
      ) : items.length === 0 ? (
        <p className={classes.quiet}>{t(state === 'all' ? 'webhooks.nothingYet' : 'webhooks.nothingSuch')}</p>
      ) : (
        <ul className={classes.deliveries}>
          {items.map((one) => (
            <Line key={one.id} delivery={one} canReplay={canWrite && endpoint.active} />
          ))}
        </ul>
      )}
      <More list={list} below />
    </section>
  );
}

function Line({ delivery, canReplay }: { delivery: Delivery; canReplay: boolean }) {
  const { t, lang } = useLang();
  const { practice } = useSession();
  const { sayOutcome } = useWebhookWords();
  const [open, setOpen] = useState(false);
  const outcome = delivery.state === 'delivered' ? undefined : sayOutcome(delivery);
  return (
    <li data-delivery={delivery.state}>
      <button type="button" className={classes.delivery} aria-expanded={open} onClick={() => setOpen(!open)}>
        <span className={classes.main}>
          <b>
            <bdi className="ltr">{delivery.event}</bdi>
          </b>
          <span>
            {formatDateTime(lang, practice.timeZone, delivery.createdAt)}
            {outcome ? ` · ${outcome}` : null}
            {delivery.dueAt && delivery.attempts ? ` · ${t('webhooks.next', { date: formatDateTime(lang, practice.timeZone, delivery.dueAt) })}` : null}
          </span>
        </span>
        <Badge radius="sm" className={classes.badge} data-standing={delivery.state}>
          {t(`webhooks.state.${delivery.state}`)}
        </Badge>
      </button>
      {open ? <DeliveryDetail delivery={delivery} canReplay={canReplay} /> : null}
    </li>
  );
}
