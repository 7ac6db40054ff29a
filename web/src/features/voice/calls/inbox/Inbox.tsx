import { Kbd, Skeleton } from '@mantine/core';
import { IconMoodCheck } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { useSession } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { formatDateTime } from '@/shared/i18n/format';
import { More } from '@/shared/ui/More';
import { Empty, Failed } from '@/shared/ui/Page';
import { useShortcuts } from '@/shared/ui/shortcuts';
import { takeRest } from '@/shared/ui/takeRest';
import { type CallItem, inboxQuery } from '../api';
import classes from '../Calls.module.css';
import { Rows } from '../Rows';
import { CallReview } from './CallReview';
import own from './Inbox.module.css';
import { stepTo } from './step';

type Props = { workflowId: string | undefined; selected: string | undefined; onSelect: (id: string | undefined) => void };

/** Calls that are over and that nobody has looked at, and one of them with all that is known of it. */
export function Inbox({ workflowId, selected, onSelect }: Props) {
  const { t, lang } = useLang();
  const { timeZone } = useSession().practice;
  const list = useInfiniteQuery(inboxQuery(workflowId));
  const calls = list.data?.pages.flatMap((page) => page.items);
  const ids = calls?.map(({ id }) => id) ?? [];
  const at = ids.indexOf(selected ?? '');
  const lastAt = useRef(0);
  useEffect(() => {
    if (at >= 0) lastAt.current = at;
  }, [at]);
  const go = (by: 1 | -1) => {
    const to = stepTo(ids, selected, lastAt.current, by);
    if (to) onSelect(to);
  };
  useShortcuts([
    { key: 'j', label: 'calls.key.next', run: () => go(1) },
    { key: 'k', label: 'calls.key.previous', run: () => go(-1) },
  ]);
  if (!calls) return list.error ? <Failed error={list.error} retry={() => void list.refetch()} /> : <Skeleton h={200} mt="md" radius={12} />;
  if (!calls.length && !selected) return <Empty icon={<IconMoodCheck size={26} stroke={1.6} />} title={t('calls.inbox.empty')} text={t('calls.inbox.emptyText')} />;
  const aside = ({ endedAt, createdAt }: CallItem) => formatDateTime(lang, timeZone, endedAt ?? createdAt);
  return (
    <div ref={takeRest} className={classes.panes} data-one={selected ? '' : undefined}>
      <div className={own.side}>
        <div className={classes.card}>
          {calls.length ? <Rows calls={calls} label={t('calls.tab.inbox')} selected={selected} aside={aside} onSelect={onSelect} /> : <p className={own.none}>{t('calls.inbox.empty')}</p>}
          <More list={list} />
        </div>
        <Keys />
      </div>
      {selected ? <CallReview key={selected} id={selected} onClose={() => onSelect(undefined)} /> : <p className={classes.pick}>{t('calls.inbox.pick')}</p>}
    </div>
  );
}

/** What the keys do, for those who have some. */
function Keys() {
  const { t } = useLang();
  const keys = [
    ['j', 'k', 'calls.key.move'],
    ['a', '', 'calls.key.accept'],
    ['x', '', 'calls.key.dismiss'],
    ['e', '', 'calls.key.seen'],
  ] as const;
  return (
    <ul className={own.keys}>
      {keys.map(([one, other, label]) => (
        <li key={one}>
          <span dir="ltr">
            <Kbd size="xs">{one}</Kbd>
            {other ? <Kbd size="xs">{other}</Kbd> : null}
          </span>
          {t(label)}
        </li>
      ))}
    </ul>
  );
}
