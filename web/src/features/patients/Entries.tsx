import { Skeleton } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useSession } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { formatDay, todayIn } from '@/shared/i18n/format';
import { More } from '@/shared/ui/More';
import { Failed } from '@/shared/ui/Page';
import { type Entry, type Shown, timelineQuery } from './api';
import classes from './Entries.module.css';
import { EntryRow } from './EntryRow';

const SKELETONS = 4;

type Props = {
  id: string;
  show: Shown;
  /** What stands there while nothing of the kind has happened. */
  empty: ReactNode;
};

/** What happened with a patient, newest first, day by day. */
export function Entries({ id, show, empty }: Props) {
  const { t, lang } = useLang();
  const { timeZone } = useSession().practice;
  const list = useInfiniteQuery(timelineQuery(id, show));
  const entries = list.data?.pages.flatMap((page) => page.items);
  const today = todayIn(timeZone, new Date());
  const yesterday = todayIn(timeZone, new Date(Date.now() - 86_400_000));
  const dayText = (day: string) => (day === today ? t('activity.today') : day === yesterday ? t('activity.yesterday') : formatDay(lang, day));
  return (
    <div className={classes.list} aria-busy={!entries}>
      {list.isError && !entries ? (
        <Failed error={list.error} retry={() => void list.refetch()} />
      ) : entries?.length === 0 ? (
        empty
      ) : entries ? (
        byDay(entries, timeZone).map(([day, own]) => (
          <div key={day}>
            <h2 className={classes.day}>{dayText(day)}</h2>
            <ul className={classes.entries}>
              {own.map((entry) => (
                <EntryRow key={entry.id} entry={entry} />
              ))}
            </ul>
          </div>
        ))
      ) : (
        Array.from({ length: SKELETONS }, (_, i) => (
          <div key={i} className={classes.entry}>
            <Skeleton h={36} />
          </div>
        ))
      )}
      <More list={list} />
    </div>
  );
}

/** By the days of the practice, in the order they came. */
export function byDay(entries: Entry[], timeZone: string): [string, Entry[]][] {
  const days = new Map<string, Entry[]>();
  for (const entry of entries) {
    const day = todayIn(timeZone, new Date(entry.at));
    days.set(day, [...(days.get(day) ?? []), entry]);
  }
  return [...days];
}
