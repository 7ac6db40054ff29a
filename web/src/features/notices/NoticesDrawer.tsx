import { Button, Skeleton } from '@mantine/core';
import { IconAt, IconBell, IconBellCheck, IconCalendar, IconCheck, IconUser } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { namesOf } from '@/features/patients/person';
import { useSession } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { useErrorText } from '@/shared/i18n/errors';
import { formatDateTime } from '@/shared/i18n/format';
import { More } from '@/shared/ui/More';
import { Empty, Failed } from '@/shared/ui/Page';
import { SideDrawer } from '@/shared/ui/SideDrawer';
import { toast } from '@/shared/ui/toast';
import { type Notice, noticesQuery, useMarkRead } from './api';
import classes from './Notices.module.css';

/** What one was told: what it says, whom it is about, and whether one has read it. */
export function NoticesDrawer({ onClose }: { onClose: () => void }) {
  const { t } = useLang();
  const textOf = useErrorText();
  const list = useInfiniteQuery(noticesQuery);
  const read = useMarkRead();
  const items = list.data?.pages.flatMap((page) => page.items);
  const newest = items?.[0];
  const refused = { onError: (error: unknown) => toast.failed(textOf(error)) };
  return (
    <SideDrawer title={t('notices')} onClose={onClose}>
      {list.error && !items ? (
        <Failed error={list.error} retry={() => void list.refetch()} />
      ) : !items ? (
        <Skeleton h={180} radius={12} />
      ) : !newest ? (
        <Empty icon={<IconBellCheck size={26} stroke={1.6} />} title={t('notices.empty')} text={t('notices.emptyText')} />
      ) : (
        <>
          {list.data?.pages[0]?.unread ? (
            // what came since is not on the list, and stays unread
            <Button variant="subtle" size="compact-md" className={classes.all ?? ''} loading={read.isPending} leftSection={<IconCheck size={16} />} onClick={() => read.mutate({ until: newest.createdAt }, refused)}>
              {t('notices.readAll')}
            </Button>
          ) : null}
          <ul className={classes.rows}>
            {items.map((notice) => (
              <Row key={notice.id} notice={notice} onRead={() => read.mutate({ ids: [notice.id] }, refused)} onLeave={onClose} />
            ))}
          </ul>
          <More list={list} below />
        </>
      )}
    </SideDrawer>
  );
}

function Row({ notice, onRead, onLeave }: { notice: Notice; onRead: () => void; onLeave: () => void }) {
  const { t, lang } = useLang();
  const { practice } = useSession();
  const { patient, source } = notice;
  const Icon = source === 'mention' ? IconAt : IconBell;
  const leave = () => {
    if (!notice.readAt) onRead();
    onLeave();
  };
  return (
    <li className={classes.row} data-notice={notice.id} data-unread={notice.readAt ? undefined : true}>
      <Icon size={18} stroke={1.7} className={classes.icon} aria-hidden />
      <div className={classes.what}>
        <p dir="auto">{notice.text ?? t(notice.by ? 'notices.mentionedBy' : 'notices.mentioned', { name: notice.by ?? '' })}</p>
        <small>{formatDateTime(lang, practice.timeZone, notice.createdAt)}</small>
        <div className={classes.acts}>
          {patient ? (
            <Link to="/patients/$id" params={{ id: patient.id }} className={classes.link} onClick={leave}>
              <IconUser size={15} stroke={1.8} aria-hidden />
              <bdi>{namesOf(patient, lang).name}</bdi>
            </Link>
          ) : null}
          {notice.appointmentId ? (
            <Link to="/calendar" search={{ appointment: notice.appointmentId }} className={classes.link} onClick={leave}>
              <IconCalendar size={15} stroke={1.8} aria-hidden />
              {t('notices.visit')}
            </Link>
          ) : null}
          {notice.readAt ? null : (
            <Button variant="subtle" color="gray" size="compact-sm" onClick={onRead}>
              {t('notices.markRead')}
            </Button>
          )}
        </div>
      </div>
    </li>
  );
}
