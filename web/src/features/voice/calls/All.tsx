import { IconPhone } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useSession } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { formatDateTime } from '@/shared/i18n/format';
import { DataList } from '@/shared/ui/DataList';
import { More } from '@/shared/ui/More';
import { Empty, Failed } from '@/shared/ui/Page';
import { callsQuery } from './api';
import { CallMark } from './CallMark';
import classes from './Calls.module.css';
import { useWho } from './who';
import { lengthText, useCallWords } from './words';

/** Calls that are over, the newest first. */
export function All({ workflowId }: { workflowId: string | undefined }) {
  const { t, lang } = useLang();
  const { timeZone } = useSession().practice;
  const navigate = useNavigate();
  const whoOf = useWho();
  const words = useCallWords();
  const list = useInfiniteQuery(callsQuery({ state: 'ended', ...(workflowId ? { callWorkflowId: workflowId } : {}) }));
  const calls = list.data?.pages.flatMap((page) => page.items);
  if (list.error && !calls) return <Failed error={list.error} retry={() => void list.refetch()} />;
  if (calls?.length === 0) return <Empty icon={<IconPhone size={26} stroke={1.6} />} title={t('calls.all.empty')} text={t('calls.all.emptyText')} />;
  return (
    <div className={`${classes.card} ${classes.below}`}>
      <DataList
        rows={calls}
        keyOf={({ id }) => id}
        label={t('calls.tab.all')}
        nameLabel={t('calls.fact.who')}
        nameOf={(call) => ({ name: whoOf(call) })}
        badge={({ review }) => (review === 'open' ? t('calls.new') : undefined)}
        columns={[
          { label: t('calls.fact.about'), cell: (call) => <bdi>{words.about(call)}</bdi> },
          { label: t('calls.fact.outcome'), cell: (call) => <CallMark call={call} /> },
          { label: t('calls.fact.talk'), cell: ({ talkMs }) => (talkMs ? <bdi className="ltr tnum">{lengthText(talkMs)}</bdi> : null) },
          { label: t('calls.fact.ended'), cell: ({ endedAt, createdAt }) => <span className="tnum">{formatDateTime(lang, timeZone, endedAt ?? createdAt)}</span> },
        ]}
        details={(call) => [words.about(call), words.outcome(call), formatDateTime(lang, timeZone, call.endedAt ?? call.createdAt)].filter(Boolean).join(' · ')}
        onOpen={({ id }) => void navigate({ to: '/calls/$id', params: { id } })}
      />
      <More list={list} />
    </div>
  );
}
