import { Button } from '@mantine/core';
import { IconMessages } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useSession } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { formatDateTime } from '@/shared/i18n/format';
import { showMoney } from '@/shared/i18n/money';
import { SideDrawer } from '@/shared/ui/SideDrawer';
import { type Item, type Message, messageQuery } from '../api';
import { Bubble } from '../conversation/Bubble';
import classes from './Ledger.module.css';
import { useWho } from './who';

/** A message of the ledger: all of it, and what became of it when. */
export function MessageDrawer({ listed, onClose }: { listed: Item; onClose: () => void }) {
  const { t } = useLang();
  const whoOf = useWho();
  const message = useQuery(messageQuery(listed.id)).data ?? listed;
  return (
    <SideDrawer title={<bdi>{whoOf(listed)}</bdi>} onClose={onClose}>
      <div className={classes.whole}>
        <ul className={classes.alone}>
          <Bubble message={message} />
        </ul>
        <Facts message={message} />
        {message.patientId ? (
          <Button variant="default" leftSection={<IconMessages size={16} />} renderRoot={(props) => <Link to="/patients/$id" params={{ id: message.patientId! }} search={{ tab: 'messages' }} {...props} />}>
            {t('messages.one.open')}
          </Button>
        ) : null}
      </div>
    </SideDrawer>
  );
}

function Facts({ message }: { message: Message }) {
  const { t, lang, lookup } = useLang();
  const { timeZone, currency } = useSession().practice;
  const when = (at: string | null) => (at ? <span className="tnum">{formatDateTime(lang, timeZone, at)}</span> : null);
  const came = message.direction === 'in';
  const facts: [string, ReactNode][] = [
    [t('messages.one.address'), message.address ? <bdi className="ltr">{message.address}</bdi> : null],
    [t(came ? 'messages.one.received' : 'messages.one.asked'), when(message.createdAt)],
    [t('messages.state.sent'), when(message.sentAt)],
    [t('messages.state.delivered'), when(message.deliveredAt)],
    [t('messages.state.opened'), when(message.openedAt)],
    [t('messages.one.ended'), when(message.endedAt)],
    [t('messages.one.read'), when(message.readAt)],
    [t('messages.one.provider'), message.provider ? (lookup(`messages.settings.provider.${message.provider}`) ?? message.provider) : null],
    [t('messages.one.attempts'), message.attempts > 1 ? message.attempts : null],
    [t('messages.one.price'), message.priceMinor && message.parts ? `${t('messages.parts', { count: message.parts })} · ${showMoney(lang, { amountMinor: message.priceMinor, currency })}` : null],
  ];
  return (
    <dl className={classes.facts} aria-label={t('messages.one.history')}>
      {facts
        .filter(([, value]) => value !== null)
        .map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}
