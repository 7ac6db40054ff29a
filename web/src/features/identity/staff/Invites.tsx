import { Badge, Button, Skeleton } from '@mantine/core';
import { IconMail } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useSession } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { useErrorText } from '@/shared/i18n/errors';
import { formatDate } from '@/shared/i18n/format';
import { More } from '@/shared/ui/More';
import { Empty, Failed } from '@/shared/ui/Page';
import { toast } from '@/shared/ui/toast';
import { type Invite, invitesQuery, useResend, useRevoke } from './api';
import classes from './Staff.module.css';

/** Who was asked to join, the newest first. An open one can be taken back, one that has run out be sent again. */
export function Invites({ onSent }: { onSent: (invite: Invite) => void }) {
  const { t } = useLang();
  const list = useInfiniteQuery(invitesQuery);
  const items = list.data?.pages.flatMap((page) => page.items);
  if (list.isError && !items) return <Failed error={list.error} retry={() => void list.refetch()} />;
  if (!items) return <Skeleton h={64} m="md" />;
  if (!items.length) return <Empty icon={<IconMail size={26} stroke={1.6} />} title={t('staff.noInvites')} text={t('staff.noInvitesText')} />;
  return (
    <>
      <ul className={classes.list}>
        {items.map((invite) => (
          <Row key={invite.id} invite={invite} onSent={onSent} />
        ))}
      </ul>
      <More list={list} />
    </>
  );
}

function Row({ invite, onSent }: { invite: Invite; onSent: (invite: Invite) => void }) {
  const { t, lang } = useLang();
  const { practice } = useSession();
  const textOf = useErrorText();
  const resend = useResend();
  const revoke = useRevoke();
  const [asking, setAsking] = useState(false);
  const failed = (error: unknown) => toast.failed(textOf(error));
  const role = invite.customRole?.name ?? t(`role.${invite.role}`);
  const isOpen = invite.status === 'open';
  return (
    <li className={classes.row}>
      <span className={classes.main}>
        <b>
          <bdi className="ltr">{invite.email}</bdi>
        </b>
        <span>
          <bdi>{role}</bdi>
          {isOpen ? ` · ${t('staff.until', { date: formatDate(lang, practice.timeZone, invite.expiresAt) })}` : null}
        </span>
      </span>
      <Badge radius="sm" className={classes.badge} data-open={isOpen || undefined}>
        {t(`staff.invite.${invite.status}`)}
      </Badge>
      {isOpen || invite.status === 'expired' ? (
        <div className={classes.acts}>
          {asking ? (
            <>
              <span role="alert">{t('staff.askRevoke')}</span>
              <Button size="xs" variant="default" autoFocus onClick={() => setAsking(false)}>
                {t('action.cancel')}
              </Button>
              <Button size="xs" color="red" loading={revoke.isPending} onClick={() => void revoke.mutateAsync(invite.id).catch(failed)}>
                {t('staff.revoke')}
              </Button>
            </>
          ) : (
            <>
              <Button size="xs" variant="default" loading={resend.isPending} onClick={() => void resend.mutateAsync(invite.id).then(onSent, failed)}>
                {t('staff.resend')}
              </Button>
              {isOpen ? (
                <Button size="xs" variant="subtle" color="red" onClick={() => setAsking(true)}>
                  {t('staff.revoke')}
                </Button>
              ) : null}
            </>
          )}
        </div>
      ) : null}
    </li>
  );
}
