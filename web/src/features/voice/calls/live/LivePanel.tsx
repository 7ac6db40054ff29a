import { ActionIcon, Alert, Button, Skeleton } from '@mantine/core';
import { IconHeadset, IconMessages, IconPlayerPlay, IconRobot, IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useCan } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { useErrorText } from '@/shared/i18n/errors';
import { Failed } from '@/shared/ui/Page';
import { toast } from '@/shared/ui/toast';
import { type CallDetail, callQuery, useCancelCall } from '../api';
import { CallMark } from '../CallMark';
import classes from '../Calls.module.css';
import { CaseLink } from '../CaseLink';
import { HangUp } from '../HangUp';
import { Lines } from '../Lines';
import { PatientName } from '../PatientOf';
import { Say } from '../Say';
import { Where } from '../talk/Where';
import { useConversation } from '../useConversation';
import { useCallWords } from '../words';
import own from './Live.module.css';

/** One of the calls that are not over. */
export function LivePanel({ id, onClose }: { id: string; onClose: () => void }) {
  const { t } = useLang();
  const words = useCallWords();
  const query = useQuery(callQuery(id));
  const call = query.data;
  if (!call) return query.error ? <Failed error={query.error} retry={() => void query.refetch()} /> : <Skeleton h={320} radius={12} />;
  return (
    <section className={`${classes.card} ${classes.panel}`} aria-labelledby="live-call" data-panel={call.state}>
      <div className={classes.panelHead}>
        <div className={classes.panelTitles}>
          <h2 id="live-call">
            <PatientName call={call} />
          </h2>
          <div className={classes.under}>
            <CallMark call={call} />
            <bdi>{words.about(call)}</bdi>
            <CaseLink call={call} />
            <Link to="/calls/$id" params={{ id }} className={classes.link}>
              {t('calls.open')}
            </Link>
          </div>
        </div>
        <ActionIcon variant="subtle" color="gray" size={36} aria-label={t('action.close')} onClick={onClose}>
          <IconX size={18} />
        </ActionIcon>
      </div>
      {call.state === 'queued' ? <Waiting call={call} /> : <Running call={call} />}
    </section>
  );
}

/** One that has not begun: those in a browser are opened by somebody. */
function Waiting({ call }: { call: CallDetail }) {
  const { t } = useLang();
  const textOf = useErrorText();
  const mayStart = useCan()('calls.start');
  const cancel = useCancelCall();
  return (
    <div className={classes.part}>
      <p className={own.hint}>{t(call.transport === 'phone' ? 'calls.waiting.phone' : 'calls.waiting.browser')}</p>
      {mayStart ? (
        <div className={classes.acts}>
          {call.transport === 'phone' ? null : (
            <Button leftSection={<IconPlayerPlay size={16} />} renderRoot={(props) => <Link to="/calls/$id/talk" params={{ id: call.id }} {...props} />}>
              {t('calls.talk.go')}
            </Button>
          )}
          <Button variant="default" leftSection={<IconX size={16} />} loading={cancel.isPending} onClick={() => cancel.mutate({ id: call.id, version: call.version }, { onError: (error) => toast.failed(textOf(error)) })}>
            {t('calls.cancel')}
          </Button>
        </div>
      ) : null}
    </div>
  );
}

/** One that runs: what is said, and the way to speak in it. */
function Running({ call }: { call: CallDetail }) {
  const { t, lookup } = useLang();
  const mayJoin = useCan()('calls.join');
  const { now, say } = useConversation(call.id, 'listen', { on: call.state !== 'ended' });
  const running = now.phase === 'open' && call.state !== 'ended';
  return (
    <>
      <div className={own.stand}>
        <Where now={call.state === 'ended' ? { ...now, phase: 'ended' } : now} transport={call.transport} />
      </div>
      {now.fault && running ? (
        <Alert color="orange" py="xs" mx="md" role="alert">
          {lookup(`calls.error.${now.fault}`) ?? t('calls.error.other', { code: now.fault })}
        </Alert>
      ) : null}
      <Lines lines={now.lines} partial={now.partial} self="practice" label={t('calls.transcript')} live className={own.feed} />
      {mayJoin && running ? (
        <div className={own.foot}>
          {now.taken ? <Say label={t('calls.say.staff')} onSay={(text) => say({ type: 'say', text })} /> : null}
          <div className={classes.acts}>
            {now.taken ? (
              <Button variant="default" leftSection={<IconRobot size={16} />} onClick={() => say({ type: 'release' })}>
                {t('calls.release')}
              </Button>
            ) : (
              <Button leftSection={<IconHeadset size={16} />} onClick={() => say({ type: 'take_over' })}>
                {t('calls.takeOver')}
              </Button>
            )}
            <HangUp disabled={false} onHangUp={() => say({ type: 'hang_up' })} />
          </div>
        </div>
      ) : call.state === 'ended' || now.phase === 'ended' ? (
        <div className={own.foot}>
          <Button variant="default" leftSection={<IconMessages size={16} />} renderRoot={(props) => <Link to="/calls" search={{ shelf: 'inbox', call: call.id }} {...props} />}>
            {t('calls.look')}
          </Button>
        </div>
      ) : null}
    </>
  );
}
