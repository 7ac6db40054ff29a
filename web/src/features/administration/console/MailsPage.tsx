import { Alert, Skeleton, Text, Title } from '@mantine/core';
import { IconMail } from '@tabler/icons-react';
import { infiniteQueryOptions, queryOptions, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, unwrap } from '@/shared/api/client';
import type { Schemas } from '@/shared/api/problem';
import { useLang } from '@/shared/i18n';
import { DataList } from '@/shared/ui/DataList';
import { More } from '@/shared/ui/More';
import { Empty, Failed, usePageTitle } from '@/shared/ui/Page';
import { SideDrawer } from '@/shared/ui/SideDrawer';
import { KEY } from './api';
import classes from './ConsolePage.module.css';
import { Facts } from './Facts';
import { useWhen } from './when';

type Mail = Schemas['PlatformMail'];
const mailsQuery = infiniteQueryOptions({
  queryKey: [KEY, 'mails'] as const,
  queryFn: ({ pageParam, signal }) => unwrap(api.GET('/api/v1/admin/mails', { params: { query: pageParam ? { cursor: pageParam } : {} }, signal })),
  initialPageParam: undefined as string | undefined,
  getNextPageParam: (page) => page.nextCursor ?? undefined,
});
const mailQuery = (id: string) =>
  queryOptions({
    queryKey: [KEY, 'mail', id] as const,
    queryFn: ({ signal }) => unwrap(api.GET('/api/v1/admin/mails/{id}', { params: { path: { id } }, signal })),
  });

/** Mails that went out, wait, or are kept because no server for them is set; what opens an account is left out. */
export function MailsPage() {
  const { t, lookup } = useLang();
  usePageTitle(t('console.mails'));
  const when = useWhen();
  const [open, setOpen] = useState<Mail>();
  const list = useInfiniteQuery(mailsQuery);
  const items = list.data?.pages.flatMap((page) => page.items);
  const state = (mail: Mail) => lookup(`console.mail.${mail.state}`) ?? mail.state;
  return (
    <>
      <Title order={1} mb="sm">
        {t('console.mails')}
      </Title>
      {list.data?.pages[0]?.sandbox ? (
        <Alert color="yellow" py="xs" mb="sm">
          {t('console.sandbox')}
        </Alert>
      ) : null}
      {list.isError && !items ? (
        <Failed error={list.error} retry={() => void list.refetch()} />
      ) : items?.length === 0 ? (
        <Empty icon={<IconMail size={26} stroke={1.6} />} title={t('console.mailsNone')} text={t('console.mailsNoneText')} />
      ) : (
        <div className={classes.table}>
          <DataList
            rows={items}
            keyOf={(mail) => mail.id}
            label={t('console.mails')}
            nameLabel={t('console.subject')}
            nameOf={(mail) => ({ name: mail.subject ?? mail.kind, other: mail.to ?? undefined })}
            columns={[
              { label: t('console.state'), cell: state },
              { label: t('console.errorCode'), cell: (mail) => mail.error && <bdi className="ltr">{mail.error}</bdi> },
              { label: t('console.time'), cell: (mail) => when(mail.createdAt) },
            ]}
            details={(mail) => `${state(mail)} · ${when(mail.createdAt) ?? ''}`}
            onOpen={setOpen}
          />
        </div>
      )}
      <More list={list} below />
      {open ? (
        <SideDrawer title={<bdi>{open.subject ?? open.kind}</bdi>} onClose={() => setOpen(undefined)}>
          <Facts
            facts={[
              { label: t('console.to'), value: open.to && <bdi className="ltr">{open.to}</bdi> },
              { label: t('console.state'), value: state(open) },
              { label: t('console.attempts'), value: open.attempts },
              { label: t('console.time'), value: when(open.createdAt) },
            ]}
          />
          {open.state === 'sandbox' ? (
            <Kept id={open.id} />
          ) : (
            <Text size="sm" c="var(--text-dim)">
              {t('console.mailGone')}
            </Text>
          )}
        </SideDrawer>
      ) : null}
    </>
  );
}

function Kept({ id }: { id: string }) {
  const { t } = useLang();
  const mail = useQuery(mailQuery(id));
  if (mail.isError) return <Failed error={mail.error} retry={() => void mail.refetch()} />;
  if (!mail.data) return <Skeleton h={200} aria-busy />;
  return (
    <>
      <pre className={classes.mail} dir="auto">
        {mail.data.text}
      </pre>
      <Text size="xs" c="var(--text-dim)">
        {t('console.mailKeys')}
      </Text>
    </>
  );
}
