import { Alert, Button, Text, ThemeIcon, Title } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { type ReactNode, useEffect } from 'react';
import { ApiProblem } from '@/shared/api/problem';
import { useLang } from '@/shared/i18n';
import { useErrorText } from '@/shared/i18n/errors';
import classes from './Page.module.css';

/** Names the browser tab. Never pass anything about a patient: titles end up in histories and screen shares. */
export function usePageTitle(title: string) {
  const { t } = useLang();
  const app = t('app.name');
  useEffect(() => {
    document.title = title === app ? app : `${title} · ${app}`;
  }, [title, app]);
}

/** `beside`: what belongs to the title and is none of the actions. */
type HeaderProps = { title: string; beside?: ReactNode; sub?: ReactNode; actions?: ReactNode };

export function PageHeader({ title, beside, sub, actions }: HeaderProps) {
  return (
    <div className={classes.head}>
      <div className={classes.titles}>
        {beside ? (
          <div className={classes.beside}>
            <Title order={1}>{title}</Title>
            {beside}
          </div>
        ) : (
          <Title order={1}>{title}</Title>
        )}
        {sub === undefined ? null : (
          <Text component="div" c="var(--text-dim)" size="sm" className={classes.sub}>
            {sub}
          </Text>
        )}
      </div>
      {actions ? <div className={classes.actions}>{actions}</div> : null}
    </div>
  );
}

type EmptyProps = { icon: ReactNode; title: string; text: string; action?: ReactNode };

/** Says what is missing and why, and offers the one thing to do about it. */
export function Empty({ icon, title, text, action }: EmptyProps) {
  return (
    <div className={classes.empty}>
      <ThemeIcon size={52} radius="xl" variant="light">
        {icon}
      </ThemeIcon>
      <Title order={2} fz="lg">
        {title}
      </Title>
      <Text size="sm" c="var(--text-dim)">
        {text}
      </Text>
      {action}
    </div>
  );
}

export function Failed({ error, retry }: { error: unknown; retry: () => void }) {
  const { t } = useLang();
  const textOf = useErrorText();
  const requestId = error instanceof ApiProblem ? error.problem.requestId : '';
  return (
    <Alert color="red" icon={<IconAlertTriangle />} title={t('error.title')} m="md" role="alert">
      <Text size="sm">{textOf(error)}</Text>
      {requestId ? (
        <Text size="xs" mt={4}>
          {t('error.reference')} <bdi className="ltr">{requestId}</bdi>
        </Text>
      ) : null}
      <Button mt="sm" size="xs" variant="default" onClick={retry}>
        {t('error.retry')}
      </Button>
    </Alert>
  );
}
