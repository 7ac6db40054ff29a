import { Skeleton } from '@mantine/core';
import { IconPhoneCall } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import { useSession } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { formatTime } from '@/shared/i18n/format';
import { More } from '@/shared/ui/More';
import { Empty, Failed } from '@/shared/ui/Page';
import { takeRest } from '@/shared/ui/takeRest';
import { type CallItem, callsQuery } from '../api';
import classes from '../Calls.module.css';
import { Rows } from '../Rows';
import { useNow } from '../useNow';
import { lengthText } from '../words';

const LivePanel = lazy(() => import('./LivePanel').then((m) => ({ default: m.LivePanel })));

/** Which come first: those under way, then those that ring, then those that wait. */
const rank: Record<CallItem['state'], number> = { live: 0, dialing: 1, queued: 2, ended: 3 };
export const byUrgency = (calls: readonly CallItem[]) => calls.toSorted((a, b) => rank[a.state] - rank[b.state]);

type Props = { workflowId: string | undefined; selected: string | undefined; onSelect: (id: string | undefined) => void };

/** What waits, rings and is under way, and one of these as it is spoken. */
export function Live({ workflowId, selected, onSelect }: Props) {
  const { t, lang } = useLang();
  const { timeZone } = useSession().practice;
  const list = useInfiniteQuery(callsQuery({ underWay: true, ...(workflowId ? { callWorkflowId: workflowId } : {}) }));
  const calls = list.data && byUrgency(list.data.pages.flatMap((page) => page.items));
  const now = useNow(!!calls?.some(({ state }) => state !== 'queued'));
  if (!calls) return list.error ? <Failed error={list.error} retry={() => void list.refetch()} /> : <Skeleton h={200} mt="md" radius={12} />;
  if (!calls.length && !selected) return <Empty icon={<IconPhoneCall size={26} stroke={1.6} />} title={t('calls.live.empty')} text={t('calls.live.emptyText')} />;
  /** For how long somebody has been there, or when it is to begin. */
  const aside = ({ state, answeredAt, startedAt, dueAt }: CallItem) => {
    const since = answeredAt ?? startedAt;
    if (state !== 'queued' && since) return <bdi className="ltr">{lengthText(now - Date.parse(since))}</bdi>;
    return dueAt ? t('calls.live.due', { time: formatTime(lang, timeZone, dueAt) }) : null;
  };
  return (
    <div ref={takeRest} className={classes.panes} data-one={selected ? '' : undefined}>
      <div className={classes.card}>
        <Rows calls={calls} label={t('calls.tab.live')} selected={selected} aside={aside} onSelect={onSelect} />
        <More list={list} />
      </div>
      <Suspense fallback={<Skeleton h={320} radius={12} />}>{selected ? <LivePanel key={selected} id={selected} onClose={() => onSelect(undefined)} /> : <p className={classes.pick}>{t('calls.live.pick')}</p>}</Suspense>
    </div>
  );
}
