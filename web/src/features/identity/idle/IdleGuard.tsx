import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { ApiProblem } from '@/shared/api/problem';
import { signInAgain, signInNeeded } from '@/shared/api/reauth';
import { activeAt, isLocked, markLocked, onPresence, reportedAt } from '@/shared/auth/presence';
import { useLang } from '@/shared/i18n';
import { useStore } from '@/shared/store';
import { reportActivity, useSignOut } from '../api';
import { watchIdle } from './idle';

const INPUT = ['pointerdown', 'pointermove', 'keydown', 'wheel', 'touchstart'] as const;

async function report() {
  try {
    await reportActivity();
  } catch (error) {
    // without an answer the next report will do; a refusal says that the session is over
    if (error instanceof ApiProblem && error.problem.status === 401) void signInAgain(error.problem.code === 'auth.idle' ? 'idle' : 'ended');
  }
}

function lock() {
  markLocked();
  void signInAgain('idle');
}

type Watch = ReturnType<typeof watchIdle>;

/** Locks the page when nobody is there, with a word of warning before. What was typed stays underneath. */
export function IdleGuard({ minutes }: { minutes: number }) {
  const asked = useStore(signInNeeded);
  const [lockAt, setLockAt] = useState<number>();
  const watch = useRef<Watch>(undefined);

  useEffect(() => {
    setLockAt(undefined);
    if (asked) return;
    if (isLocked()) return lock();
    const limitMs = minutes * 60_000;
    // the page was opened just now, and the server let it: somebody is there
    if (Date.now() - activeAt.read() >= limitMs) activeAt.write(Date.now());
    const watching = watchIdle({ limitMs, now: Date.now, active: activeAt, reported: reportedAt, report: () => void report(), onWarning: setLockAt, onLock: lock });
    watch.current = watching;
    const touch = (event: Event) => {
      if (event.isTrusted) watching.touch();
    };
    const options = { capture: true, passive: true };
    for (const name of INPUT) window.addEventListener(name, touch, options);
    document.addEventListener('visibilitychange', watching.check);
    window.addEventListener('focus', watching.check);
    const deaf = onPresence(watching.check);
    watching.check();
    return () => {
      watching.stop();
      for (const name of INPUT) window.removeEventListener(name, touch, options);
      document.removeEventListener('visibilitychange', watching.check);
      window.removeEventListener('focus', watching.check);
      deaf();
    };
  }, [asked, minutes]);

  return lockAt === undefined ? null : <Warning lockAt={lockAt} onStay={() => watch.current?.stay()} />;
}

function Warning({ lockAt, onStay }: { lockAt: number; onStay: () => void }) {
  const { t } = useLang();
  const signOut = useSignOut();
  const left = () => Math.max(0, Math.ceil((lockAt - Date.now()) / 1_000));
  const [seconds, setSeconds] = useState(left);
  useEffect(() => {
    setSeconds(left());
    const timer = setInterval(() => setSeconds(left()), 1_000);
    return () => clearInterval(timer);
  }, [lockAt]);
  return (
    <Modal opened onClose={onStay} title={t('idle.title')} centered size="sm" zIndex={390} withCloseButton={false} closeOnClickOutside={false}>
      <Stack gap="md">
        <Text size="sm" role="timer">
          {t('idle.text', { count: seconds })}
        </Text>
        <Group justify="flex-end" gap="xs">
          <Button variant="default" loading={signOut.isPending} onClick={() => signOut.mutate()}>
            {t('user.signOut')}
          </Button>
          <Button data-autofocus onClick={onStay}>
            {t('idle.stay')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
