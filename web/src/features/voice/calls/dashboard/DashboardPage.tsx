import { SegmentedControl, Skeleton } from '@mantine/core';
import { IconChartBar } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useLang } from '@/shared/i18n';
import { formatNumber } from '@/shared/i18n/format';
import { Gate } from '@/shared/ui/Gate';
import { Empty, Failed, PageHeader } from '@/shared/ui/Page';
import { Places } from '../../Places';
import { type CallWorkflow, type Stats, statsQuery } from '../api';
import { type NumbersSearch, spans, type Span, usualSpan } from '../search';
import { useCallWords } from '../words';
import { WorkflowSelect } from '../WorkflowSelect';
import classes from './Dashboard.module.css';
import { Days } from './Days';
import { Outcomes } from './Outcomes';

const route = getRouteApi('/inside/calls/dashboard');

export function DashboardPage() {
  return (
    <Gate title="calls.numbers" needs="calls.read">
      <Dashboard />
    </Gate>
  );
}

/** How calls about something went. */
function Dashboard() {
  const { t } = useLang();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { workflows } = useCallWords();
  const { days = usualSpan } = search;
  const workflow = workflows?.find(({ slug }) => slug === search.workflow) ?? workflows?.[0];
  const go = (next: { [K in keyof NumbersSearch]: NumbersSearch[K] | undefined }) => void navigate({ search: (now) => ({ ...now, ...next }) as NumbersSearch, replace: true });
  return (
    <div className={classes.page}>
      <PageHeader title={t('calls.numbers')} sub={t('calls.numbers.sub')} />
      <Places place="dashboard" slug={workflow?.slug} />
      {workflows?.length === 0 ? (
        <Empty icon={<IconChartBar size={26} stroke={1.6} />} title={t('calls.numbers.empty')} text={t('calls.numbers.emptyText')} />
      ) : (
        <>
          <div className={classes.tools}>
            <WorkflowSelect value={workflow?.slug} onChange={(slug) => go({ workflow: slug })} clearable={false} />
            <SegmentedControl aria-label={t('calls.span')} value={String(days)} onChange={(next) => go({ days: Number(next) as Span })} data={spans.map((span) => ({ value: String(span), label: t('calls.span.days', { count: span }) }))} />
          </div>
          {workflow ? <Numbers workflow={workflow} days={days} /> : <Skeleton h={320} mx="lg" w="auto" radius={12} />}
        </>
      )}
    </div>
  );
}

function Numbers({ workflow, days }: { workflow: CallWorkflow; days: Span }) {
  const stats = useQuery(statsQuery(workflow.id, days));
  if (!stats.data) return stats.error ? <Failed error={stats.error} retry={() => void stats.refetch()} /> : <Skeleton h={320} mx="lg" w="auto" radius={12} />;
  return (
    <div className={classes.all} data-numbers aria-busy={stats.isPlaceholderData}>
      <Totals stats={stats.data} />
      <div className={classes.columns}>
        <Days days={stats.data.days} />
        <Outcomes outcomes={stats.data.outcomes} />
      </div>
    </div>
  );
}

const PERCENT = 100;

function Totals({ stats }: { stats: Stats }) {
  const { t, lang } = useLang();
  const words = useCallWords();
  const share = (part: number) => (stats.started ? t('calls.share', { percent: Math.round((part / stats.started) * PERCENT) }) : undefined);
  const minutes = (much: number) => formatNumber(lang, Math.round(much * 10) / 10);
  const totals: [label: string, value: string, note?: string | undefined][] = [
    [t('calls.total.started'), formatNumber(lang, stats.started)],
    [t('calls.total.reached'), formatNumber(lang, stats.reached), share(stats.reached)],
    [t('calls.total.notReached'), formatNumber(lang, stats.notReached), share(stats.notReached)],
    [t('calls.total.failed'), formatNumber(lang, stats.failed), share(stats.failed)],
    [t('calls.total.minutes'), minutes(stats.minutes), stats.holdMinutes ? t('calls.total.hold', { minutes: minutes(stats.holdMinutes) }) : undefined],
    [t('calls.total.cost'), words.cost(stats.costMicros)],
    [t('calls.total.latency'), stats.latencyP50 === null ? '–' : t('calls.seconds', { seconds: (stats.latencyP50 / 1000).toFixed(2) })],
  ];
  return (
    <dl className={classes.totals}>
      {totals.map(([label, value, note]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>
            <span>
              <bdi>{value}</bdi>
            </span>
            {note ? <small>{note}</small> : null}
          </dd>
        </div>
      ))}
    </dl>
  );
}
