import { Alert, Button } from '@mantine/core';
import { IconAlertTriangle, IconPencil, IconPlayerPause, IconPlayerPlay, IconRefresh, IconSend, IconTrash } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { useSession } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { useErrorText } from '@/shared/i18n/errors';
import { formatDateTime } from '@/shared/i18n/format';
import { CopyField } from '@/shared/ui/CopyField';
import { SideDrawer } from '@/shared/ui/SideDrawer';
import { toast } from '@/shared/ui/toast';
import { type Endpoint, useDelete, useDisable, useEnable, useRotate, useSendTest } from './api';
import { Deliveries } from './Deliveries';
import { EndpointFormDrawer } from './EndpointFormDrawer';
import classes from './Webhooks.module.css';
import { reasonOf, useWebhookWords } from './words';

type Props = { endpoint: Endpoint; canWrite: boolean; onClose: () => void };

/** How an endpoint stands, what can be done with it, and what it was told. */
export function EndpointDrawer({ endpoint, canWrite, onClose }: Props) {
  const { t } = useLang();
  const { sayWanted } = useWebhookWords();
  return (
    <SideDrawer title={endpoint.description ? <bdi>{endpoint.description}</bdi> : t('webhooks.endpoint')} onClose={onClose} wide>
      <div className={classes.drawer}>
        <Standing endpoint={endpoint} />
        <CopyField label={t('webhooks.url')} value={endpoint.url} />
        <ul className={classes.wanted} aria-label={t('webhooks.events')}>
          {endpoint.events.map((name) => (
            <li key={name}>
              <bdi>{sayWanted(name)}</bdi>
            </li>
          ))}
        </ul>
        {canWrite ? <Actions endpoint={endpoint} onClose={onClose} /> : null}
        <Deliveries endpoint={endpoint} canWrite={canWrite} />
      </div>
    </SideDrawer>
  );
}

function Standing({ endpoint }: { endpoint: Endpoint }) {
  const { t, lang } = useLang();
  const { practice } = useSession();
  const say = (at: string) => formatDateTime(lang, practice.timeZone, at);
  const reason = reasonOf(endpoint);
  if (reason && endpoint.disabledAt)
    return (
      <Alert color={endpoint.disabledReason === 'by_hand' ? 'gray' : 'red'} icon={<IconAlertTriangle />} py="xs" role="status" title={t('webhooks.disabledSince', { date: say(endpoint.disabledAt) })}>
        {t(reason)} {t('webhooks.disabledText')}
      </Alert>
    );
  if (endpoint.failingSince)
    return (
      <Alert color="yellow" icon={<IconAlertTriangle />} py="xs" role="status" title={t('webhooks.failingSince', { date: say(endpoint.failingSince) })}>
        {t('webhooks.failingText')}
      </Alert>
    );
  return null;
}

type Question = 'rotate' | 'delete';

function Actions({ endpoint, onClose }: Omit<Props, 'canWrite'>) {
  const { t, lang } = useLang();
  const { practice } = useSession();
  const textOf = useErrorText();
  const [editing, setEditing] = useState(false);
  const [asking, setAsking] = useState<Question>();
  const [enable, disable, remove, rotate, test] = [useEnable(), useDisable(), useDelete(), useRotate(), useSendTest()];
  const failed = { onError: (error: unknown) => toast.failed(textOf(error)) };
  const answer = (question: Question) => {
    if (question === 'rotate') rotate.mutate(endpoint, { ...failed, onSettled: () => setAsking(undefined) });
    else remove.mutate(endpoint, { ...failed, onSuccess: onClose });
  };
  const button = (label: string, icon: ReactNode, onClick: () => void, loading = false, color?: string) => (
    <Button size="sm" variant={color ? 'subtle' : 'default'} {...(color ? { color } : {})} leftSection={icon} loading={loading} onClick={onClick}>
      {label}
    </Button>
  );
  return (
    <>
      {rotate.data ? (
        <Alert color="yellow" py="xs">
          <CopyField
            label={t('webhooks.secret')}
            description={t('webhooks.onceRotated', { date: formatDateTime(lang, practice.timeZone, rotate.data.endpoint.oldSecretUntil ?? '') })}
            value={rotate.data.secret}
          />
        </Alert>
      ) : (
        <p className={classes.quiet}>
          {t('webhooks.secretThere')} <bdi className="ltr">{endpoint.secretLastFour}</bdi>
          {endpoint.oldSecretUntil ? ` · ${t('webhooks.oldUntil', { date: formatDateTime(lang, practice.timeZone, endpoint.oldSecretUntil) })}` : null}
        </p>
      )}
      {asking ? (
        <Alert color={asking === 'delete' ? 'red' : 'yellow'} py="xs" role="alert">
          <p className={classes.ask}>{t(`webhooks.ask.${asking}`)}</p>
          <div className={classes.line}>
            <Button size="sm" variant="default" autoFocus onClick={() => setAsking(undefined)}>
              {t('action.cancel')}
            </Button>
            <Button size="sm" color={asking === 'delete' ? 'red' : 'teal'} loading={remove.isPending || rotate.isPending} onClick={() => answer(asking)}>
              {t(asking === 'delete' ? 'webhooks.delete' : 'webhooks.rotate')}
            </Button>
          </div>
        </Alert>
      ) : (
        <div className={classes.line}>
          {endpoint.active
            ? button(t('webhooks.test'), <IconSend size={16} />, () => test.mutate(endpoint.id, { ...failed, onSuccess: () => toast.done(t('webhooks.testQueued')) }), test.isPending)
            : button(t('webhooks.enable'), <IconPlayerPlay size={16} />, () => enable.mutate(endpoint, failed), enable.isPending)}
          {button(t('action.edit'), <IconPencil size={16} />, () => setEditing(true))}
          {button(t('webhooks.rotate'), <IconRefresh size={16} />, () => setAsking('rotate'))}
          {endpoint.active ? button(t('webhooks.disable'), <IconPlayerPause size={16} />, () => disable.mutate(endpoint, failed), disable.isPending) : null}
          {button(t('webhooks.delete'), <IconTrash size={16} />, () => setAsking('delete'), false, 'red')}
        </div>
      )}
      {editing ? <EndpointFormDrawer key={endpoint.version} endpoint={endpoint} onClose={() => setEditing(false)} /> : null}
    </>
  );
}
