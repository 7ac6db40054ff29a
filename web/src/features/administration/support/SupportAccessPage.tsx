import { Alert, Badge, Button, Skeleton, Stack, Text } from '@mantine/core';
import { IconEye, IconLifebuoy, IconLock } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useCan, useSession } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { useErrorText } from '@/shared/i18n/errors';
import { formatDateTime } from '@/shared/i18n/format';
import { More } from '@/shared/ui/More';
import { Empty, Failed, PageHeader, usePageTitle } from '@/shared/ui/Page';
import { toast } from '@/shared/ui/toast';
import { type SupportAccess, supportAccessQuery, useEndSupportAccess } from './api';
import classes from './SupportAccessPage.module.css';

/** When the platform's support looked into the practice, and the button that ends it. */
export function SupportAccessPage() {
  const { t } = useLang();
  usePageTitle(t('support.title'));
  const may = useCan()('support_access.read');
  return (
    <>
      <PageHeader title={t('support.title')} sub={t('support.lead')} />
      {may ? <History /> : <Empty icon={<IconLock size={26} stroke={1.6} />} title={t('forbidden.title')} text={t('forbidden.text')} />}
    </>
  );
}

function History() {
  const { t } = useLang();
  const list = useInfiniteQuery(supportAccessQuery);
  const items = list.data?.pages.flatMap((page) => page.items);
  if (list.isError && !items) return <Failed error={list.error} retry={() => void list.refetch()} />;
  if (!items) {
    return (
      <Stack className={classes.page} gap="sm" aria-busy>
        <Skeleton h={96} />
        <Skeleton h={96} />
      </Stack>
    );
  }
  if (items.length === 0) {
    return (
      <div className={classes.page}>
        <div className={classes.empty}>
          <Empty icon={<IconLifebuoy size={26} stroke={1.6} />} title={t('support.empty.title')} text={t('support.empty.text')} />
        </div>
      </div>
    );
  }
  return (
    <div className={classes.page}>
      <ul className={classes.list}>
        {items.map((access) => (
          <Row key={access.id} access={access} />
        ))}
      </ul>
      <More list={list} below />
    </div>
  );
}

function Row({ access }: { access: SupportAccess }) {
  const { t, lang } = useLang();
  const { practice } = useSession();
  const canEnd = useCan()('support_access.end');
  const textOf = useErrorText();
  const end = useEndSupportAccess();
  const time = (at: string) => formatDateTime(lang, practice.timeZone, at);
  const over = access.endedAt ?? access.expiresAt;
  const status = access.open
    ? t('support.openUntil', { time: time(access.expiresAt) })
    : t(access.endedBy === 'practice' ? 'support.endedByPractice' : access.endedBy ? 'support.endedBySupport' : 'support.ranOut', { time: time(over) });
  return (
    <li className={classes.row} data-open={access.open || undefined}>
      <div className={classes.main}>
        <div className={classes.head}>
          <b>
            <bdi>{access.administrator.name}</bdi>
          </b>
          {access.open ? (
            <Badge color="yellow" variant="light" leftSection={<IconEye size={12} />} className={classes.badge}>
              {t('support.open')}
            </Badge>
          ) : null}
        </div>
        <Text size="sm">
          <bdi>{access.reason}</bdi>
        </Text>
        <Text size="xs" c="var(--text-dim)">
          {t('support.opened', { time: time(access.openedAt) })} · {status}
        </Text>
        {end.isError ? (
          <Alert color="red" py="xs" role="alert">
            {textOf(end.error)}
          </Alert>
        ) : null}
      </div>
      {access.open && canEnd ? (
        <Button
          color="red"
          variant="light"
          loading={end.isPending}
          onClick={() => end.mutate(access.id, { onSuccess: () => toast.done(t('support.ended')) })}
        >
          {t('support.end')}
        </Button>
      ) : null}
    </li>
  );
}
