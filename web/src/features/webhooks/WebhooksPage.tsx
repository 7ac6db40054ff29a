import { Badge, Button, Skeleton } from '@mantine/core';
import { IconPlus, IconWebhook } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { useCan } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { Gate } from '@/shared/ui/Gate';
import { Empty, Failed, PageHeader } from '@/shared/ui/Page';
import { type Endpoint, endpointsQuery } from './api';
import classes from './Webhooks.module.css';
import { reasonOf, standingOf, useWebhookWords } from './words';

const EndpointForm = lazy(() => import('./EndpointFormDrawer').then((m) => ({ default: m.EndpointFormDrawer })));
const EndpointDrawer = lazy(() => import('./EndpointDrawer').then((m) => ({ default: m.EndpointDrawer })));

export function WebhooksPage() {
  return (
    <Gate title="nav.webhooks" needs="integrations.read">
      <Endpoints />
    </Gate>
  );
}

function Endpoints() {
  const { t } = useLang();
  const canWrite = useCan()('integrations.write');
  const list = useQuery(endpointsQuery);
  const [making, setMaking] = useState(false);
  const [shown, setShown] = useState<string>();
  const open = list.data?.find((one) => one.id === shown);
  const newButton = canWrite ? (
    <Button leftSection={<IconPlus size={16} />} onClick={() => setMaking(true)}>
      {t('webhooks.new')}
    </Button>
  ) : null;
  return (
    <div className={classes.page}>
      <PageHeader title={t('nav.webhooks')} sub={t('webhooks.sub')} actions={newButton} />
      <div className={classes.card}>
        {list.isError && !list.data ? (
          <Failed error={list.error} retry={() => void list.refetch()} />
        ) : !list.data ? (
          <Skeleton h={64} m="md" />
        ) : list.data.length === 0 ? (
          <Empty icon={<IconWebhook size={26} stroke={1.6} />} title={t('webhooks.none')} text={t('webhooks.noneText')} />
        ) : (
          <ul className={classes.list}>
            {list.data.map((endpoint) => (
              <Row key={endpoint.id} endpoint={endpoint} onOpen={() => setShown(endpoint.id)} />
            ))}
          </ul>
        )}
      </div>
      <Suspense>
        {making ? <EndpointForm onClose={() => setMaking(false)} /> : null}
        {open ? <EndpointDrawer endpoint={open} canWrite={canWrite} onClose={() => setShown(undefined)} /> : null}
      </Suspense>
    </div>
  );
}

function Row({ endpoint, onOpen }: { endpoint: Endpoint; onOpen: () => void }) {
  const { t } = useLang();
  const { sayWanted } = useWebhookWords();
  const standing = standingOf(endpoint);
  const reason = reasonOf(endpoint);
  return (
    <li>
      <button type="button" className={classes.row} onClick={onOpen} data-endpoint={standing}>
        <span className={classes.main}>
          <b>{endpoint.description ? <bdi>{endpoint.description}</bdi> : <bdi className="ltr">{endpoint.url}</bdi>}</b>
          {endpoint.description ? (
            <span>
              <bdi className="ltr">{endpoint.url}</bdi>
            </span>
          ) : null}
          <span>{endpoint.events.length > 3 ? t('webhooks.kinds', { count: endpoint.events.length }) : <Wanted names={endpoint.events.map(sayWanted)} />}</span>
          {reason && endpoint.disabledReason !== 'by_hand' ? <span className={classes.why}>{t(reason)}</span> : null}
        </span>
        <Badge radius="sm" className={classes.badge} data-standing={standing}>
          {t(`webhooks.standing.${standing}`)}
        </Badge>
      </button>
    </li>
  );
}

/** Technical names stay as they are read, one by one, in either direction of writing. */
function Wanted({ names }: { names: string[] }) {
  return names.map((name, i) => (
    <span key={name}>
      {i ? ' · ' : ''}
      <bdi>{name}</bdi>
    </span>
  ));
}
