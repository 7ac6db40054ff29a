import { Badge, Skeleton, Text, Title } from '@mantine/core';
import { IconChecks } from '@tabler/icons-react';
import { queryOptions, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { api, unwrap } from '@/shared/api/client';
import { useLang } from '@/shared/i18n';
import { DataList } from '@/shared/ui/DataList';
import { Empty, Failed, usePageTitle } from '@/shared/ui/Page';
import { KEY } from './api';
import classes from './ConsolePage.module.css';
import { Section } from './Facts';
import { useNumber, useWhen } from './when';

const AGAIN_MS = 15_000;
const queuesQuery = queryOptions({
  queryKey: [KEY, 'queues'] as const,
  queryFn: ({ signal }) => unwrap(api.GET('/api/v1/admin/queues', { signal })),
  refetchInterval: AGAIN_MS,
});

/** What waits in which practice, how old the oldest is and how fast it goes; what runs, and what recurs. */
export function QueuesPage() {
  const { t } = useLang();
  usePageTitle(t('console.queues.title'));
  const navigate = useNavigate();
  const when = useWhen();
  const { number, seconds } = useNumber();
  const queues = useQuery(queuesQuery);
  if (queues.isError && !queues.data) return <Failed error={queues.error} retry={() => void queues.refetch()} />;
  if (!queues.data) return <Skeleton h={320} aria-busy />;
  const { busy, running, schedules } = queues.data;
  return (
    <>
      <Title order={1} mb="sm">
        {t('console.queues.title')}
      </Title>
      {busy.length === 0 ? (
        <Empty icon={<IconChecks size={26} stroke={1.6} />} title={t('console.queues.none')} text={t('console.queues.noneText')} />
      ) : (
        <div className={classes.table}>
          <DataList
            rows={busy}
            keyOf={({ practice }) => practice.id}
            label={t('console.queues.busy')}
            nameLabel={t('console.practice')}
            nameOf={({ practice }) => ({ name: practice.name, other: practice.slug })}
            columns={[
              { label: t('console.eventsWaiting'), cell: ({ queues: q }) => number(q.events) },
              { label: t('console.oldest'), cell: ({ queues: q }) => (q.oldestEventSeconds === null ? null : seconds(q.oldestEventSeconds)) },
              { label: t('console.perMinute'), cell: (row) => number(row.eventsPerMinute) },
              { label: t('console.jobs'), cell: ({ queues: q }) => number(q.dueJobs + q.runningJobs) },
              {
                label: t('console.givenUp'),
                cell: ({ queues: q }) =>
                  q.deadEvents + q.failedJobs > 0 ? (
                    <Badge color="red" variant="light" className={classes.badge}>
                      {number(q.deadEvents + q.failedJobs)}
                    </Badge>
                  ) : (
                    number(0)
                  ),
              },
            ]}
            details={({ queues: q }) => t('console.queues', { events: q.events, dead: q.deadEvents, failed: q.failedJobs })}
            onOpen={({ practice }) => void navigate({ to: '/platform/practices/$id', params: { id: practice.id } })}
          />
        </div>
      )}
      <div className={classes.grid}>
        <Section title={t('console.running')}>
          {running.length === 0 ? (
            <Text size="sm" c="var(--text-dim)">
              {t('console.runningNone')}
            </Text>
          ) : (
            <ul className={classes.plain}>
              {running.map((job) => (
                <li key={job.id} className={classes.line}>
                  <b>
                    <bdi className="ltr">{job.kind}</bdi>
                  </b>
                  <Text size="sm" c="var(--text-dim)">
                    <bdi>{job.practice.name}</bdi> · {when(job.createdAt)}
                    {job.total === null ? '' : ` · ${number(job.done)} / ${number(job.total)}`}
                  </Text>
                </li>
              ))}
            </ul>
          )}
        </Section>
        <Section title={t('console.schedules')}>
          <ul className={classes.plain}>
            {schedules.map((turn) => (
              <li key={turn.name} className={classes.line}>
                <b>
                  <bdi className="ltr">{turn.name}</bdi>
                </b>
                <Text size="sm" c="var(--text-dim)">
                  {t('console.turns', { last: when(turn.lastAt) ?? '–', next: when(turn.nextAt) ?? '–' })}
                </Text>
              </li>
            ))}
          </ul>
        </Section>
      </div>
    </>
  );
}
