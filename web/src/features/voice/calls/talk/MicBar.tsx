import { Alert, Button } from '@mantine/core';
import { IconMicrophone, IconMicrophoneOff } from '@tabler/icons-react';
import { useEffect, useRef } from 'react';
import { useLang } from '@/shared/i18n';
import type { useSound } from '../audio/useSound';
import classes from './Talk.module.css';

/** The microphone: how loud it is, muting it, and why there is none. */
export function MicBar({ sound: { mic, muted, mute, begin, onLevel } }: { sound: ReturnType<typeof useSound> }) {
  const { t } = useLang();
  const bar = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    onLevel((level) => bar.current?.style.setProperty('--level', level.toFixed(2)));
    return () => onLevel(() => undefined);
  });
  if (mic === 'off') return null;
  if (mic === 'asking') return <p className={classes.hint}>{t('calls.mic.asking')}</p>;
  if (mic !== 'on')
    return (
      <Alert color="orange" py="xs" title={t(`calls.mic.${mic}`)} role="alert">
        {t(`calls.mic.${mic}Text`)}
        <Button variant="default" size="xs" ms="md" onClick={() => void begin()}>
          {t('calls.mic.again')}
        </Button>
      </Alert>
    );
  const Icon = muted ? IconMicrophoneOff : IconMicrophone;
  return (
    <div className={classes.mic}>
      <Button variant={muted ? 'light' : 'default'} {...(muted ? { color: 'orange' } : {})} aria-pressed={muted} leftSection={<Icon size={16} />} onClick={() => mute(!muted)}>
        {t(muted ? 'calls.mic.unmute' : 'calls.mic.mute')}
      </Button>
      <span ref={bar} className={classes.level} data-muted={muted || undefined} aria-hidden>
        <i />
      </span>
      <span className={classes.hint} role="status">
        {t(muted ? 'calls.mic.muted' : 'calls.mic.on')}
      </span>
    </div>
  );
}
