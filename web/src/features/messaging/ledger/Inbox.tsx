import { Button, Skeleton, Title } from '@mantine/core';
import { IconCalendarEvent, IconCheck, IconCornerUpLeft, IconMailOpened, IconUserSearch } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import { useCan, useSession } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { useErrorText } from '@/shared/i18n/errors';
import { formatDateTime } from '@/shared/i18n/format';
import { More } from '@/shared/ui/More';
import { Empty, Failed } from '@/shared/ui/Page';
import { toast } from '@/shared/ui/toast';
import { inboxQuery, type Item, useRead } from '../api';
import { useMessageWords } from '../words';
import classes from './Ledger.module.css';
import { useWho } from './who';

const AttachDialog = lazy(() => import('./AttachDialog').then((m) => ({ default: m.AttachDialog })));

/** What patients answered and nobody has read yet, and what came from numbers that belong to nobody. */
export function Inbox() {
  const { t } = useLang();
  const [attaching, setAttaching] = useState<Item>();
  const list = useInfiniteQuery(inboxQuery);
  const all = list.data?.pages.flatMap((page) => page.items);
  const whoOf = useWho();
  const [answers, strangers] = [all?.filter((one) => one.patientId), all?.filter((one) => !one.patientId)];
  if (list.error && !all) return <Failed error={list.error} retry={() => void list.refetch()} />;
  if (!answers || !strangers)
    return (
      <div className={classes.inbox}>
        <Skeleton h={76} />
        <Skeleton h={76} />
      </div>
    );
  return (
    <div className={classes.inbox}>
      {answers.length ? (
        <section aria-labelledby="unread">
          <Title order={2} id="unread">
            {t('messages.inbox.unread')}
          </Title>
          <ul className={classes.cards}>
            {answers.map((message) => (
              <Came key={message.id} message={message} name={whoOf(message)} onAttach={setAttaching} />
            ))}
          </ul>
        </section>
      ) : null}
      {strangers.length ? (
        <section aria-labelledby="unmatched">
          <Title order={2} id="unmatched">
            {t('messages.inbox.unmatched')}
          </Title>
          <p>{t('messages.inbox.unmatchedText')}</p>
          <ul className={classes.cards}>
            {strangers.map((message) => (
              <Came key={message.id} message={message} name={whoOf(message)} onAttach={setAttaching} />
            ))}
          </ul>
        </section>
      ) : null}
      <More list={list} below />
      {answers.length || strangers.length ? null : <Empty icon={<IconMailOpened size={26} stroke={1.6} />} title={t('messages.inbox.empty')} text={t('messages.inbox.emptyText')} />}
      <Suspense>{attaching ? <AttachDialog message={attaching} onClose={() => setAttaching(undefined)} /> : null}</Suspense>
    </div>
  );
}

type CameProps = { message: Item; name: string; onAttach: (message: Item) => void };

/** One that came in: who says what, what was understood, and what to do about it. */
function Came({ message, name, onAttach }: CameProps) {
  const { t, lang } = useLang();
  const textOf = useErrorText();
  const { timeZone } = useSession().practice;
  const can = useCan();
  const maySend = can('messages.send');
  const { understood } = useMessageWords();
  const read = useRead();
  const meant = understood(message);
  return (
    <li className={classes.came} data-came={message.patientId ? 'patient' : 'stranger'}>
      <div className={classes.words}>
        <span className={classes.from}>
          <b>
            <bdi>{name}</bdi>
          </b>
          <span>{t(`messages.channel.${message.channel}`)}</span>
          <time dateTime={message.createdAt} className="tnum">
            {formatDateTime(lang, timeZone, message.createdAt)}
          </time>
        </span>
        <p>
          <bdi>{message.text}</bdi>
        </p>
        {meant ? <span className={classes.meant}>{meant}</span> : null}
      </div>
      <div className={classes.todo}>
        {message.patientId ? (
          <Button variant="light" leftSection={<IconCornerUpLeft size={16} className={classes.arrow} />} renderRoot={(props) => <Link to="/patients/$id" params={{ id: message.patientId! }} search={{ tab: 'messages', ...(maySend ? { write: true } : {}) }} {...props} />}>
            {t(maySend ? 'messages.inbox.answer' : 'messages.one.open')}
          </Button>
        ) : maySend ? (
          <Button variant="light" leftSection={<IconUserSearch size={16} />} onClick={() => onAttach(message)}>
            {t('messages.inbox.attach')}
          </Button>
        ) : null}
        {message.appointmentId && can('appointments.read') ? (
          <Button variant="default" leftSection={<IconCalendarEvent size={16} />} renderRoot={(props) => <Link to="/patients/$id" params={{ id: message.patientId! }} search={{ tab: 'appointments', appointment: message.appointmentId! }} {...props} />}>
            {t('messages.showVisit')}
          </Button>
        ) : null}
        {maySend && !message.readAt ? (
          <Button
            variant="subtle"
            color="gray"
            leftSection={<IconCheck size={16} />}
            loading={read.isPending}
            onClick={() => read.mutate(message.id, { onError: (error) => toast.failed(textOf(error)) })}
          >
            {t('messages.inbox.read')}
          </Button>
        ) : null}
      </div>
    </li>
  );
}
