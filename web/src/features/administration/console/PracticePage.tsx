import { Alert, Badge, Button, Skeleton, Table, Title } from '@mantine/core';
import { IconArrowLeft, IconEye } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import { useLang } from '@/shared/i18n';
import { displayName } from '@/shared/i18n/format';
import { Failed, usePageTitle } from '@/shared/ui/Page';
import { adminSessionQuery, type Practice, practiceQuery } from './api';
import classes from './ConsolePage.module.css';
import { Facts, Section } from './Facts';
import { History } from './History';
import { SetStanding } from './SetStanding';
import { healthColours } from './Practices';
import { useNumber, useWhen } from './when';

const BreakGlassDialog = lazy(() => import('./BreakGlassDialog').then((m) => ({ default: m.BreakGlassDialog })));
const LimitsForm = lazy(() => import('./LimitsForm').then((m) => ({ default: m.LimitsForm })));
const PlatformInvites = lazy(() => import('./PlatformInvites').then((m) => ({ default: m.PlatformInvites })));

const route = getRouteApi('/platform/practices/$id');

/** One practice as the platform knows it, in numbers, with everything that the platform can do about it. */
export function PracticePage() {
  const { t } = useLang();
  const { id } = route.useParams();
  const practice = useQuery(practiceQuery(id));
  usePageTitle(t('console.practice'));
  return (
    <>
      <Link to="/platform" className={classes.backLink}>
        <IconArrowLeft size={16} className={classes.mirrored} aria-hidden />
        {t('console.practices')}
      </Link>
      {practice.isError && !practice.data ? (
        <Failed error={practice.error} retry={() => void practice.refetch()} />
      ) : practice.data ? (
        <Loaded practice={practice.data} />
      ) : (
        <Skeleton h={360} aria-busy />
      )}
    </>
  );
}

function Loaded({ practice }: { practice: Practice }) {
  const { t } = useLang();
  const [asking, setAsking] = useState(false);
  const session = useQuery(adminSessionQuery).data;
  const open = session?.supportAccess.some((access) => access.practice.id === practice.id);
  return (
    <>
      <div className={classes.titleRow}>
        <div className={classes.titles}>
          <Title order={1}>
            <bdi>{practice.name}</bdi>
          </Title>
          <bdi className="ltr">{practice.slug}</bdi>
          <Badge color={healthColours[practice.health]} variant="light" className={classes.badge}>
            {t(`console.health.${practice.health}`)}
          </Badge>
          {practice.waitingForOwner ? (
            <Badge color="yellow" variant="light" className={classes.badge}>
              {t('console.waiting')}
            </Badge>
          ) : null}
        </div>
        {open ? (
          <Button component={Link} to="/platform/practices/$id/read" params={{ id: practice.id } as never} variant="default" leftSection={<IconEye size={16} />}>
            {t('console.grant.read')}
          </Button>
        ) : (
          <Button variant="default" leftSection={<IconEye size={16} />} onClick={() => setAsking(true)}>
            {t('console.glass.open')}
          </Button>
        )}
      </div>
      {practice.suspendedReason ? (
        <Alert color="gray" title={t('console.health.suspended')}>
          <bdi>{practice.suspendedReason}</bdi>
        </Alert>
      ) : null}
      <div className={classes.grid}>
        <Section title={t('console.standing')}>
          <Standing practice={practice} />
          <SetStanding practice={practice} />
        </Section>
        <Section title={t('console.limits')}>
          <Suspense fallback={<Skeleton h={180} />}>
            <LimitsForm practice={practice} />
          </Suspense>
        </Section>
        <Size practice={practice} />
        <Suspense>
          <PlatformInvites practice={practice} />
        </Suspense>
      </div>
      <History practice={practice.id} />
      <Suspense>{asking ? <BreakGlassDialog practice={practice} onClose={() => setAsking(false)} /> : null}</Suspense>
    </>
  );
}

function Standing({ practice }: { practice: Practice }) {
  const { t, lang } = useLang();
  const when = useWhen();
  const { number, seconds } = useNumber();
  const { queues } = practice;
  return (
    <Facts
      facts={[
        { label: t('console.people'), value: number(practice.staff) },
        { label: t('console.lastActivity'), value: when(practice.lastActivityAt) },
        { label: t('console.created'), value: when(practice.createdAt) },
        { label: t('identity.country'), value: displayName(lang, 'region', practice.country) },
        { label: t('console.eventsWaiting'), value: number(queues.events) },
        { label: t('console.oldest'), value: queues.oldestEventSeconds === null ? null : seconds(queues.oldestEventSeconds) },
        { label: t('console.deadEvents'), value: number(queues.deadEvents) },
        { label: t('console.jobs'), value: t('console.jobsText', { due: queues.dueJobs, running: queues.runningJobs, failed: queues.failedJobs }) },
      ]}
    />
  );
}

/** Rows by table; what is in them is none of the platform's business. */
function Size({ practice: { size } }: { practice: Practice }) {
  const { t } = useLang();
  const when = useWhen();
  const { number, size: bytes } = useNumber();
  if (!size) return null;
  const tables = Object.entries(size.tables)
    .filter(([, rows]) => rows > 0)
    .sort((a, b) => b[1] - a[1]);
  return (
    <Section title={t('console.size')}>
      <Facts
        facts={[
          { label: t('console.rows'), value: number(size.rows) },
          { label: t('console.bytes'), value: bytes(size.bytes) },
          { label: t('console.measured'), value: when(size.measuredAt) },
        ]}
      />
      <div className={classes.scroll} tabIndex={0} role="group" aria-label={t('console.tables')}>
        <Table aria-label={t('console.tables')}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('console.table')}</Table.Th>
              <Table.Th className={classes.end}>{t('console.rows')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {tables.map(([name, rows]) => (
              <Table.Tr key={name}>
                <Table.Td>
                  <bdi className="ltr">{name}</bdi>
                </Table.Td>
                <Table.Td className={classes.end}>{number(rows)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </div>
    </Section>
  );
}
