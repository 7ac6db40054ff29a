import { Badge, Button, Skeleton } from '@mantine/core';
import { IconKey, IconLock, IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { useCan, useSession } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { useErrorText } from '@/shared/i18n/errors';
import { formatDate, formatDateTime } from '@/shared/i18n/format';
import { Empty, Failed, PageHeader, usePageTitle } from '@/shared/ui/Page';
import { toast } from '@/shared/ui/toast';
import { usePermissionWords } from '../permissions';
import { type ApiKey, apiKeysQuery, useRevokeApiKey } from './api';
import classes from './ApiKeys.module.css';

const ApiKeyDrawer = lazy(() => import('./ApiKeyDrawer').then((m) => ({ default: m.ApiKeyDrawer })));

export function ApiKeysPage() {
  const { t } = useLang();
  usePageTitle(t('apiKeys.title'));
  if (useCan()('api_keys.read')) return <Keys />;
  return (
    <>
      <PageHeader title={t('apiKeys.title')} />
      <Empty icon={<IconLock size={26} stroke={1.6} />} title={t('forbidden.title')} text={t('forbidden.text')} />
    </>
  );
}

function Keys() {
  const { t } = useLang();
  const canWrite = useCan()('api_keys.write');
  const list = useQuery(apiKeysQuery);
  const [making, setMaking] = useState(false);
  const newButton = canWrite ? (
    <Button leftSection={<IconPlus size={16} />} disabled={!list.data} onClick={() => setMaking(true)}>
      {t('apiKeys.new')}
    </Button>
  ) : null;
  return (
    <div className={classes.page}>
      <PageHeader title={t('apiKeys.title')} sub={t('apiKeys.sub')} actions={newButton} />
      <div className={classes.card}>
        {list.isError && !list.data ? (
          <Failed error={list.error} retry={() => void list.refetch()} />
        ) : !list.data ? (
          <Skeleton h={64} m="md" />
        ) : list.data.items.length === 0 ? (
          <Empty icon={<IconKey size={26} stroke={1.6} />} title={t('apiKeys.none')} text={t('apiKeys.noneText')} />
        ) : (
          <ul className={classes.list}>
            {list.data.items.map((key) => (
              <Row key={key.id} apiKey={key} canWrite={canWrite} />
            ))}
          </ul>
        )}
      </div>
      <Suspense>{making && list.data ? <ApiKeyDrawer scopes={list.data.scopes} onClose={() => setMaking(false)} /> : null}</Suspense>
    </div>
  );
}

function Row({ apiKey, canWrite }: { apiKey: ApiKey; canWrite: boolean }) {
  const { t, lang } = useLang();
  const { practice } = useSession();
  const { sayAll } = usePermissionWords();
  const textOf = useErrorText();
  const revoke = useRevokeApiKey();
  const [asking, setAsking] = useState(false);
  const state = apiKey.revokedAt ? 'revoked' : new Date(apiKey.expiresAt) <= new Date() ? 'expired' : 'serves';
  const used = apiKey.lastUsedAt ? t('apiKeys.used', { date: formatDateTime(lang, practice.timeZone, apiKey.lastUsedAt) }) : t('apiKeys.neverUsed');
  return (
    <li className={classes.row}>
      <span className={classes.main}>
        <b>
          <bdi>{apiKey.name}</bdi>
        </b>
        <span>
          <bdi className="ltr">
            {apiKey.prefix}…{apiKey.lastFour}
          </bdi>
          {' · '}
          {t('apiKeys.until', { date: formatDate(lang, practice.timeZone, apiKey.expiresAt) })}
          {' · '}
          {used}
        </span>
        <span>{sayAll(apiKey.scopes)}</span>
        {asking ? <span role="alert">{t('apiKeys.askRevoke')}</span> : null}
      </span>
      <Badge radius="sm" className={classes.badge}>
        {t(`apiKeys.state.${state}`)}
      </Badge>
      {!canWrite || state !== 'serves' ? null : asking ? (
        <>
          <Button size="xs" variant="default" autoFocus onClick={() => setAsking(false)}>
            {t('action.cancel')}
          </Button>
          <Button
            size="xs"
            color="red"
            loading={revoke.isPending}
            onClick={() => void revoke.mutateAsync(apiKey.id).then(() => setAsking(false), (error: unknown) => toast.failed(textOf(error)))}
          >
            {t('apiKeys.revoke')}
          </Button>
        </>
      ) : (
        <Button size="xs" variant="subtle" color="red" onClick={() => setAsking(true)}>
          {t('apiKeys.revoke')}
        </Button>
      )}
    </li>
  );
}
