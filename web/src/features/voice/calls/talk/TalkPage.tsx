import { Alert, Button, Skeleton } from '@mantine/core';
import { IconMicrophone, IconPhoneOff, IconPlugConnectedX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import { useLang } from '@/shared/i18n';
import { Gate } from '@/shared/ui/Gate';
import { Empty, Failed } from '@/shared/ui/Page';
import { takeRest } from '@/shared/ui/takeRest';
import { type CallDetail, callQuery } from '../api';
import { useSound } from '../audio/useSound';
import { CaseLink } from '../CaseLink';
import type { Conversation } from '../conversation';
import { Lines } from '../Lines';
import { Say } from '../Say';
import { useConversation } from '../useConversation';
import { useCallWords } from '../words';
import { KeyPad } from './KeyPad';
import { MicBar } from './MicBar';
import classes from './Talk.module.css';
import { Where } from './Where';

const Ending = lazy(() => import('./Ending').then((m) => ({ default: m.Ending })));
const route = getRouteApi('/inside/calls/$id/talk');

export function TalkPage() {
  return (
    <Gate title="calls.talk" needs="calls.start">
      <Loaded />
    </Gate>
  );
}

function Loaded() {
  const { id } = route.useParams();
  const call = useQuery(callQuery(id));
  if (!call.data) return call.error ? <Failed error={call.error} retry={() => void call.refetch()} /> : <Skeleton h="calc(100dvh - 120px)" radius={0} />;
  return <Console key={id} call={call.data} />;
}

/** The browser is the other side of the call: what the agent says is read or heard here, and answered by hand or by voice. */
function Console({ call }: { call: CallDetail }) {
  const { t } = useLang();
  const words = useCallWords();
  const [wasOver] = useState(call.state === 'ended');
  const spoken = call.transport === 'web';
  const [begun, setBegun] = useState(!spoken);
  const sound = useSound((frame) => line.sound(frame));
  const line = useConversation(call.id, 'talk', { on: begun && !wasOver && call.transport !== 'phone', ears: sound.ears });
  const { now } = line;
  const over = wasOver || now.phase === 'ended';
  const hangUp = () => {
    line.say({ type: 'hang_up' });
    sound.end();
  };
  // first the sound, then the call: nobody shall be greeted who does not hear it yet
  const begin = () => void sound.begin().then(() => setBegun(true));
  return (
    <div ref={takeRest} className={classes.page}>
      <div className={classes.bar}>
        <div className={classes.titles}>
          <h1>
            <bdi>{words.about(call)}</bdi>
          </h1>
          <Where now={begun && !wasOver ? now : undefined} transport={call.transport} />
        </div>
        {begun && !over && now.phase !== 'gone' ? (
          <Button color="red" variant="light" leftSection={<IconPhoneOff size={16} />} disabled={now.phase !== 'open'} onClick={hangUp}>
            {t('calls.hangUp')}
          </Button>
        ) : null}
      </div>
      {call.transport === 'phone' && !over ? (
        <Empty icon={<IconPlugConnectedX size={26} stroke={1.6} />} title={t('calls.talk.byPhone')} text={t('calls.talk.byPhoneText')} action={<ToCalls call={call} />} />
      ) : !begun && !over ? (
        <Begin asking={sound.mic === 'asking'} onBegin={begin} />
      ) : (
        <div className={classes.body}>
          <Trouble now={now} call={call} />
          <Lines lines={now.lines} partial={now.partial} self="caller" label={t('calls.transcript')} live className={classes.feed} />
          {over ? (
            <Suspense>
              <Ending id={call.id} />
            </Suspense>
          ) : (
            <div className={classes.foot}>
              {spoken ? <MicBar sound={sound} /> : null}
              <div className={classes.tools}>
                <Say label={t('calls.say.caller')} disabled={now.phase !== 'open'} onSay={(text) => line.say({ type: 'say', text })} />
                <KeyPad disabled={now.phase !== 'open'} onKey={(digits) => line.say({ type: 'key', digits })} />
              </div>
            </div>
          )}
        </div>
      )}
    </div>
  );
}

/** A spoken call begins with a click: a browser opens no microphone and plays no sound without one. */
function Begin({ asking, onBegin }: { asking: boolean; onBegin: () => void }) {
  const { t } = useLang();
  return (
    <div className={classes.begin}>
      <h2>{t('calls.begin.title')}</h2>
      <p>{t('calls.begin.text')}</p>
      <Button size="md" leftSection={<IconMicrophone size={18} />} loading={asking} onClick={onBegin}>
        {t('calls.begin.go')}
      </Button>
    </div>
  );
}

function ToCalls({ call }: { call: CallDetail }) {
  const { t } = useLang();
  return (
    <Button variant="default" renderRoot={(props) => <Link to="/calls" search={{ call: call.id }} {...props} />}>
      {t('calls.talk.toLive')}
    </Button>
  );
}

/** What is wrong with the connection, or could not be done. */
function Trouble({ now, call }: { now: Conversation; call: CallDetail }) {
  const { t, lookup } = useLang();
  if (now.phase === 'gone' && call.state === 'queued')
    return (
      <Alert color="orange" m="md" title={t('calls.phase.refused')} role="alert">
        {t('calls.phase.refusedText')} <CaseLink call={call} />
      </Alert>
    );
  if (now.phase === 'gone' || now.phase === 'lost')
    return (
      <Alert color="orange" m="md" title={t(`calls.phase.${now.phase}`)} role="alert">
        {t(`calls.phase.${now.phase}Text`)}
        <div>
          <Button variant="default" size="xs" mt="sm" renderRoot={(props) => <Link to="/calls/$id" params={{ id: call.id }} {...props} />}>
            {t('calls.open')}
          </Button>
        </div>
      </Alert>
    );
  if (!now.fault) return null;
  return (
    <Alert color="orange" m="md" py="xs" role="alert">
      {lookup(`calls.error.${now.fault}`) ?? lookup(`problem.${now.fault}`) ?? t('calls.error.other', { code: now.fault })}
    </Alert>
  );
}
