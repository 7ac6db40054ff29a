import { Button } from '@mantine/core';
import { IconMapOff } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { type ErrorComponentProps, Link, useRouter } from '@tanstack/react-router';
import { useEffect } from 'react';
import { onRecovered } from '@/shared/api/connection';
import { useLang } from '@/shared/i18n';
import { Empty, Failed, usePageTitle } from '@/shared/ui/Page';

export function NotFound() {
  const { t } = useLang();
  usePageTitle(t('notFound.title'));
  return (
    <Empty
      icon={<IconMapOff size={26} stroke={1.6} />}
      title={t('notFound.title')}
      text={t('notFound.text')}
      action={
        <Button component={Link} to="/" variant="light" mt="xs">
          {t('notFound.home')}
        </Button>
      }
    />
  );
}

/** A page that could not be shown; tries again by itself when the server is back. */
export function RouteFailed({ error }: ErrorComponentProps) {
  const router = useRouter();
  const client = useQueryClient();
  const retry = () => {
    client.removeQueries({ predicate: (q) => q.state.status === 'error' });
    void router.invalidate();
  };
  useEffect(() => onRecovered(retry));
  return <Failed error={error} retry={retry} />;
}
