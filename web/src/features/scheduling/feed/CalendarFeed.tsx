import { Alert, Button, Group, Skeleton, Text, Title } from '@mantine/core';
import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, unwrap } from '@/shared/api/client';
import { useSession } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { useErrorText } from '@/shared/i18n/errors';
import { formatDateTime } from '@/shared/i18n/format';
import { CopyField } from '@/shared/ui/CopyField';

const at = (id: string) => ({ params: { path: { id } } });
const feedQuery = (id: string) =>
  queryOptions({
    queryKey: ['calendar_feed', id] as const,
    queryFn: ({ signal }) => unwrap(api.GET('/api/v1/providers/{id}/calendar-feed', { ...at(id), signal })),
  });

/** The address by which a provider's own calendar program shows their appointments. It is told once. */
export function CalendarFeed({ providerId }: { providerId: string }) {
  const { t, lang } = useLang();
  const { timeZone } = useSession().practice;
  const textOf = useErrorText();
  const client = useQueryClient();
  const feed = useQuery(feedQuery(providerId));
  const [failed, setFailed] = useState<unknown>();
  const renew = () => void client.invalidateQueries({ queryKey: feedQuery(providerId).queryKey });
  const make = useMutation({ mutationFn: () => unwrap(api.POST('/api/v1/providers/{id}/calendar-feed', at(providerId))), onSuccess: renew });
  const end = useMutation({ mutationFn: () => api.DELETE('/api/v1/providers/{id}/calendar-feed', at(providerId)), onSuccess: renew });
  const attempt = async (work: () => Promise<unknown>) => {
    setFailed(undefined);
    await work().catch(setFailed);
  };
  const { createdAt, lastReadAt } = feed.data ?? {};
  const time = (instant: string) => formatDateTime(lang, timeZone, instant);
  return (
    <section style={{ display: 'flex', flexDirection: 'column', gap: 10 }}>
      <Title order={3}>{t('scheduling.feed.title')}</Title>
      <Text size="sm" c="var(--text-dim)">
        {t('scheduling.feed.text')}
      </Text>
      {feed.error || failed ? <Alert color="orange">{textOf(failed ?? feed.error)}</Alert> : null}
      {make.data && createdAt ? <CopyField label={t('scheduling.feed.address')} description={t('scheduling.feed.once')} value={make.data.url} /> : null}
      {feed.isPending ? (
        <Skeleton h={36} />
      ) : (
        <>
          {createdAt ? (
            <Text size="sm">
              {t('scheduling.feed.since', { at: time(createdAt) })} {lastReadAt ? t('scheduling.feed.read', { at: time(lastReadAt) }) : t('scheduling.feed.unread')}
            </Text>
          ) : null}
          <Group gap="xs">
            <Button size="sm" variant="default" loading={make.isPending} onClick={() => void attempt(() => make.mutateAsync())}>
              {t(createdAt ? 'scheduling.feed.replace' : 'scheduling.feed.make')}
            </Button>
            {createdAt ? (
              <Button
                size="sm"
                variant="subtle"
                color="red"
                loading={end.isPending}
                onClick={() =>
                  void attempt(async () => {
                    await end.mutateAsync();
                    make.reset();
                  })
                }
              >
                {t('scheduling.feed.end')}
              </Button>
            ) : null}
          </Group>
        </>
      )}
    </section>
  );
}
