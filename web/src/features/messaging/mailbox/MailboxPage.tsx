import { Skeleton, UnstyledButton } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { IconInboxOff, IconMail, IconMessage2 } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useSession } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { formatDateTime } from '@/shared/i18n/format';
import { Gate } from '@/shared/ui/Gate';
import { More } from '@/shared/ui/More';
import { Empty, Failed, PageHeader } from '@/shared/ui/Page';
import { PHONE } from '@/shared/ui/phone';
import { onRowKeys } from '@/shared/ui/rowKeys';
import { SideDrawer } from '@/shared/ui/SideDrawer';
import { mailboxQuery, type Message } from '../api';
import { useWho } from '../ledger/who';
import { Line } from '../Line';
import { Kept } from './Kept';
import classes from './Mailbox.module.css';

const icons = { sms: IconMessage2, email: IconMail };

export function MailboxPage() {
  return (
    <Gate title="messages.mailbox" needs="messages.read">
      <Mailbox />
    </Gate>
  );
}

/** What was "sent" while no provider is connected, as the patient would see it. */
function Mailbox() {
  const { t } = useLang();
  const phone = useMediaQuery(PHONE, matchMedia(PHONE).matches, { getInitialValueInEffect: false });
  const list = useInfiniteQuery(mailboxQuery);
  const rows = list.data?.pages.flatMap((page) => page.items).filter((message) => message.direction === 'out');
  const whoOf = useWho();
  const [chosen, setChosen] = useState<string>();
  const shown = rows?.find((message) => message.id === chosen) ?? (phone ? undefined : rows?.[0]);
  return (
    <>
      <PageHeader title={t('messages.mailbox')} sub={t('messages.mailbox.sub')} />
      {list.error && !rows ? (
        <Failed error={list.error} retry={() => void list.refetch()} />
      ) : !rows ? (
        <div className={classes.page}>
          <Skeleton h={320} radius={12} />
        </div>
      ) : rows.length ? (
        <div className={classes.page}>
          <div className={classes.list}>
            <ul onKeyDown={onRowKeys} aria-label={t('messages.mailbox')}>
              {rows.map((message) => (
                <Row key={message.id} message={message} name={whoOf(message)} chosen={shown?.id === message.id} onChoose={() => setChosen(message.id)} />
              ))}
            </ul>
            <More list={list} />
          </div>
          {phone ? null : <div className={classes.shown}>{shown ? <Kept key={shown.id} message={shown} /> : <p className={classes.pick}>{t('messages.mailbox.pick')}</p>}</div>}
          {phone && shown ? (
            <SideDrawer title={t(`messages.channel.${shown.channel}`)} onClose={() => setChosen(undefined)}>
              <Kept key={shown.id} message={shown} />
            </SideDrawer>
          ) : null}
        </div>
      ) : (
        <Empty icon={<IconInboxOff size={26} stroke={1.6} />} title={t('messages.mailbox.empty')} text={t('messages.mailbox.emptyText')} />
      )}
    </>
  );
}

function Row({ message, name, chosen, onChoose }: { message: Message; name: string; chosen: boolean; onChoose: () => void }) {
  const { t, lang } = useLang();
  const { timeZone } = useSession().practice;
  const Icon = icons[message.channel];
  return (
    <li>
      <UnstyledButton data-row className={classes.row} aria-current={chosen || undefined} onClick={onChoose}>
        <Icon size={18} stroke={1.7} role="img" aria-label={t(`messages.channel.${message.channel}`)} />
        <span className={classes.words}>
          <span className={classes.top}>
            <b>
              <bdi className="cut">{name}</bdi>
            </b>
            <time dateTime={message.createdAt} className="tnum">
              {formatDateTime(lang, timeZone, message.createdAt)}
            </time>
          </span>
          <span className={classes.line}>
            <Line of={message} />
          </span>
        </span>
      </UnstyledButton>
    </li>
  );
}
