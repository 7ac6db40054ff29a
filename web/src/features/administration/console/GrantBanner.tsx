import { Button } from '@mantine/core';
import { IconEye } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { useLang } from '@/shared/i18n';
import { useErrorText } from '@/shared/i18n/errors';
import { adminSessionQuery, type OpenAccess, useEndAccess } from './api';
import classes from './ConsolePage.module.css';

const TICK_MS = 1_000;
const leftOf = (at: string) => Math.max(0, Math.ceil((Date.parse(at) - Date.now()) / TICK_MS));
export const clock = (seconds: number) => `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;

/** On every page of the console while an access to a practice is open: which, for how long, and the way out. */
export function GrantBanner({ access }: { access: OpenAccess }) {
  const { t } = useLang();
  const textOf = useErrorText();
  const client = useQueryClient();
  const end = useEndAccess();
  const [seconds, setSeconds] = useState(() => leftOf(access.expiresAt));
  useEffect(() => {
    const timer = setInterval(() => setSeconds(leftOf(access.expiresAt)), TICK_MS);
    return () => clearInterval(timer);
  }, [access.expiresAt]);
  const over = seconds === 0;
  useEffect(() => {
    if (over) void client.invalidateQueries({ queryKey: adminSessionQuery.queryKey });
  }, [over, client]);

  return (
    <section className={classes.grant} aria-label={t('console.grant.title')}>
      <IconEye size={18} stroke={1.8} aria-hidden />
      <span className={classes.grantText}>
        {t('console.grant.open')}{' '}
        <b>
          <bdi>{access.practice.name}</bdi>
        </b>{' '}
        · <span role="timer">{t('console.grant.left', { time: clock(seconds) })}</span>
        {end.isError ? <span role="alert"> · {textOf(end.error)}</span> : null}
      </span>
      <Link to="/platform/practices/$id/read" params={{ id: access.practice.id }} className={classes.grantLink}>
        {t('console.grant.read')}
      </Link>
      <Button size="xs" color="dark" loading={end.isPending} onClick={() => end.mutate(access.practice.id)}>
        {t('console.grant.end')}
      </Button>
    </section>
  );
}
