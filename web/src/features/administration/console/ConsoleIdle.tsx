import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { watchIdle } from '@/features/identity/idle/idle';
import { useLang } from '@/shared/i18n';
import { endedIdle, noteActivity, useSignOut } from './api';

const INPUT = ['pointerdown', 'keydown', 'wheel', 'touchstart'] as const;
const instant = (key: string) => ({
  read: () => Number(localStorage.getItem(key)) || 0,
  write: (at: number) => localStorage.setItem(key, String(at)),
});
// apart from those of a practice in the same browser
const active = instant('vantage.console.activeAt');
const reported = instant('vantage.console.activeReportedAt');

/** Signs out when nobody is there, as the server does, with a word of warning before. */
export function ConsoleIdle({ minutes }: { minutes: number }) {
  const signOut = useSignOut();
  const [endsAt, setEndsAt] = useState<number>();
  const watch = useRef<ReturnType<typeof watchIdle>>(undefined);
  const leave = useRef(signOut.mutate);
  leave.current = signOut.mutate;

  useEffect(() => {
    const limitMs = minutes * 60_000;
    // the page was opened just now, and the server let it: somebody is there
    active.write(Date.now());
    const watching = watchIdle({
      limitMs,
      now: Date.now,
      active,
      reported,
      report: () => void noteActivity().catch(() => undefined),
      onWarning: setEndsAt,
      onLock: () => {
        endedIdle.set(true);
        leave.current();
      },
    });
    watch.current = watching;
    const touch = (event: Event) => {
      if (event.isTrusted) watching.touch();
    };
    const options = { capture: true, passive: true };
    for (const name of INPUT) window.addEventListener(name, touch, options);
    document.addEventListener('visibilitychange', watching.check);
    watching.stay();
    return () => {
      watching.stop();
      for (const name of INPUT) window.removeEventListener(name, touch, options);
      document.removeEventListener('visibilitychange', watching.check);
    };
  }, [minutes]);

  return endsAt === undefined ? null : <Warning endsAt={endsAt} onStay={() => watch.current?.stay()} onLeave={() => signOut.mutate()} />;
}

function Warning({ endsAt, onStay, onLeave }: { endsAt: number; onStay: () => void; onLeave: () => void }) {
  const { t } = useLang();
  const left = () => Math.max(0, Math.ceil((endsAt - Date.now()) / 1_000));
  const [seconds, setSeconds] = useState(left);
  useEffect(() => {
    setSeconds(left());
    const timer = setInterval(() => setSeconds(left()), 1_000);
    return () => clearInterval(timer);
  }, [endsAt]);
  return (
    <Modal opened onClose={onStay} title={t('idle.title')} centered size="sm" withCloseButton={false} closeOnClickOutside={false}>
      <Stack gap="md">
        <Text size="sm" role="timer">
          {t('console.idle', { count: seconds })}
        </Text>
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onLeave}>
            {t('console.signOut')}
          </Button>
          <Button data-autofocus onClick={onStay}>
            {t('idle.stay')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
