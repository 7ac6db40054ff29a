import { Button, Skeleton } from '@mantine/core';
import { IconMessages, IconPencil } from '@tabler/icons-react';
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useEffect, useLayoutEffect, useRef } from 'react';
import { useCan, useSession } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { formatDay, todayIn } from '@/shared/i18n/format';
import { Empty, Failed } from '@/shared/ui/Page';
import { dayIn } from '@/shared/zoned';
import { conversationQuery, type Message, useReadAll } from '../api';
import { repeatedOf } from '../words';
import { Bubble } from './Bubble';
import classes from './Conversation.module.css';
import { keptOf } from './kept';

const Composer = lazy(() => import('./Composer').then((m) => ({ default: m.Composer })));

type Props = { patientId: string; maySend: boolean; writing: boolean; onWrite: (writing: boolean) => void };

/** Everything that was written between the practice and a patient, the newest below, and the next message. */
export function Conversation({ patientId, maySend, writing, onWrite }: Props) {
  const { t } = useLang();
  const may = useCan()('messages.send') && maySend;
  const list = useInfiniteQuery(conversationQuery(patientId));
  const messages = list.data?.pages.flatMap((page) => page.items);
  useReadOnSight(patientId, messages, may);
  useResuming(patientId, may && !writing, onWrite);
  return (
    <div className={classes.wrap}>
      <section className={classes.card} data-writing={writing || undefined} aria-label={t('messages.conversation')}>
        {list.error && !messages ? (
          <Failed error={list.error} retry={() => void list.refetch()} />
        ) : !messages ? (
          <div className={classes.waiting}>
            <Skeleton h={56} w="60%" />
            <Skeleton h={56} w="50%" ml="auto" />
          </div>
        ) : messages.length ? (
          <Feed messages={messages} more={list.hasNextPage ? { busy: list.isFetchingNextPage, load: () => void list.fetchNextPage() } : undefined} />
        ) : (
          <Empty icon={<IconMessages size={26} stroke={1.6} />} title={t('messages.none')} text={t('messages.noneText')} />
        )}
        {may ? (
          writing ? (
            <Suspense fallback={<Skeleton h={260} m="md" />}>
              <Composer patientId={patientId} last={messages?.[0]?.channel} onClose={() => onWrite(false)} />
            </Suspense>
          ) : (
            <div className={classes.foot}>
              <Button leftSection={<IconPencil size={16} />} onClick={() => onWrite(true)}>
                {t('messages.write')}
              </Button>
            </div>
          )
        ) : null}
      </section>
    </div>
  );
}

/** What came in counts as read once it is on the screen of somebody who could answer. */
function useReadOnSight(patientId: string, messages: Message[] | undefined, may: boolean) {
  const { mutate } = useReadAll();
  const newest = may ? messages?.find((message) => message.direction === 'in' && !message.readAt)?.id : undefined;
  useEffect(() => {
    if (newest) mutate(patientId);
  }, [newest, patientId, mutate]);
}

/** What was begun to the patient before is open again. */
function useResuming(patientId: string, may: boolean, onWrite: Props['onWrite']) {
  const client = useQueryClient();
  useEffect(() => {
    if (may && keptOf(client, patientId)) onWrite(true);
    // once, when one comes to the patient
  }, [client, patientId]);
}

type FeedProps = { messages: Message[]; more: { busy: boolean; load: () => void } | undefined };

/** By days, from the oldest that is loaded to the newest, which is what one sees first. */
function Feed({ messages, more }: FeedProps) {
  const { t, lang } = useLang();
  const { timeZone } = useSession().practice;
  const ref = useRef<HTMLDivElement>(null);
  const newest = messages[0]?.id;
  useLayoutEffect(() => {
    if (newest) ref.current?.scrollTo({ top: ref.current.scrollHeight });
  }, [newest]);
  const days = new Map<string, Message[]>();
  for (const message of [...messages].reverse()) {
    const day = dayIn(timeZone, message.createdAt);
    days.set(day, [...(days.get(day) ?? []), message]);
  }
  const repeated = repeatedOf(messages);
  const today = todayIn(timeZone, new Date());
  return (
    <div className={classes.feed} ref={ref} role="log" aria-label={t('messages.conversation')} tabIndex={0}>
      {more ? (
        <Button variant="subtle" size="compact-sm" className={classes.earlier ?? ''} loading={more.busy} onClick={more.load}>
          {t('messages.earlier')}
        </Button>
      ) : null}
      {[...days].map(([day, own]) => (
        <div key={day} className={classes.dayPart}>
          <h2 className={classes.day}>{day === today ? t('activity.today') : formatDay(lang, day)}</h2>
          <ul>
            {own.map((message) => (
              <Bubble key={message.id} message={message} repeated={repeated.has(message.id)} />
            ))}
          </ul>
        </div>
      ))}
    </div>
  );
}
