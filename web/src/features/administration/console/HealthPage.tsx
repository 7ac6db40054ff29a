import { Badge, Skeleton, Text, Title } from '@mantine/core';
import { queryOptions, useQuery } from '@tanstack/react-query';
import { api, unwrap } from '@/shared/api/client';
import type { Schemas } from '@/shared/api/problem';
import { useLang } from '@/shared/i18n';
import { Failed, usePageTitle } from '@/shared/ui/Page';
import { KEY } from './api';
import classes from './ConsolePage.module.css';
import { Facts, Section } from './Facts';
import { useNumber } from './when';

type PlatformHealth = Schemas['PlatformHealth'];
const AGAIN_MS = 15_000;
const healthQuery = queryOptions({
  queryKey: [KEY, 'health'] as const,
  queryFn: ({ signal }) => unwrap(api.GET('/api/v1/admin/health', { signal })),
  refetchInterval: AGAIN_MS,
});

/** Events that wait longer mean that the workers do not keep up; the same bound as a practice's health has. */
const BEHIND_S = 60;
/** The sealer takes a turn each second; the log raises its alarm at this. */
const SEAL_LATE_S = 30;

const checks = {
  database: (h: PlatformHealth) => h.database.connections < h.database.maxConnections,
  clock: (h: PlatformHealth) => Math.abs(h.clockSkewMillis) < h.maxClockSkewMillis,
  disk: (h: PlatformHealth) => !h.storage.full,
  // the work of suspended practices waits on purpose, and is counted with the rest
  workers: (h: PlatformHealth) => (h.backlog.oldestEventSeconds < BEHIND_S || h.practices.suspended > 0) && h.backlog.deadEvents === 0,
  sealer: (h: PlatformHealth) => h.sealLagSeconds < SEAL_LATE_S,
} as const;

/** How the installation is: database, clocks, disk, workers, the sealer of the ledgers. */
export function HealthPage() {
  const { t } = useLang();
  usePageTitle(t('console.health.title'));
  const health = useQuery(healthQuery);
  return (
    <>
      <Title order={1} mb="sm">
        {t('console.health.title')}
      </Title>
      {health.isError && !health.data ? (
        <Failed error={health.error} retry={() => void health.refetch()} />
      ) : health.data ? (
        <Parts health={health.data} />
      ) : (
        <Skeleton h={320} aria-busy />
      )}
    </>
  );
}

function Parts({ health }: { health: PlatformHealth }) {
  const { t } = useLang();
  const { number, size, seconds, megabytes, milliseconds } = useNumber();
  const { database, storage, backlog, practices } = health;
  const version = `${Math.floor(database.version / 10_000)}.${database.version % 10_000}`;
  const mark = (part: keyof typeof checks) => {
    const ok = checks[part](health);
    return (
      <Badge color={ok ? 'teal' : 'red'} variant="light" className={classes.badge}>
        {t(ok ? 'console.health.ok' : 'console.health.failing')}
      </Badge>
    );
  };
  return (
    <div className={classes.grid}>
      <Section title={t('console.database')} aside={mark('database')}>
        <Facts
          facts={[
            { label: t('console.postgres'), value: <bdi className="ltr">{version}</bdi> },
            { label: t('console.migration'), value: <bdi className="ltr">{database.migration}</bdi> },
            { label: t('console.bytes'), value: size(database.bytes) },
            { label: t('console.connections'), value: t('console.of', { part: number(database.connections), whole: number(database.maxConnections) }) },
          ]}
        />
      </Section>
      <Section title={t('console.workers')} aside={mark('workers')}>
        <Facts
          facts={[
            { label: t('console.eventsWaiting'), value: number(backlog.events) },
            { label: t('console.oldest'), value: seconds(backlog.oldestEventSeconds) },
            { label: t('console.jobsDue'), value: number(backlog.jobs) },
            { label: t('console.deadEvents'), value: number(backlog.deadEvents) },
          ]}
        />
        {practices.suspended > 0 ? (
          <Text size="sm" c="var(--text-dim)">
            {t('console.suspendedWait')}
          </Text>
        ) : null}
      </Section>
      <Section title={t('console.disk')} aside={mark('disk')}>
        <Facts
          facts={[
            { label: t('console.free'), value: storage.freeMegabytes === null ? t('console.freeElsewhere') : megabytes(storage.freeMegabytes) },
            { label: t('console.reserve'), value: megabytes(storage.reserveMegabytes) },
          ]}
        />
      </Section>
      <Section title={t('console.sealer')} aside={mark('sealer')}>
        <Facts facts={[{ label: t('console.sealLag'), value: seconds(health.sealLagSeconds) }]} />
      </Section>
      <Section title={t('console.clock')} aside={mark('clock')}>
        <Facts
          facts={[
            { label: t('console.skew'), value: milliseconds(health.clockSkewMillis) },
            { label: t('console.skewMost'), value: milliseconds(health.maxClockSkewMillis) },
          ]}
        />
      </Section>
      <Section title={t('console.installation')}>
        <Facts
          facts={[
            { label: t('console.version'), value: <bdi className="ltr">{health.version}</bdi> },
            { label: t('console.activePractices'), value: number(practices.active) },
            { label: t('console.suspendedPractices'), value: number(practices.suspended) },
          ]}
        />
      </Section>
    </div>
  );
}
