import { Menu } from '@mantine/core';
import { IconMail, IconMessage2, IconMessages, IconMoodCheck, IconSend } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useCan, useSession } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { useErrorText } from '@/shared/i18n/errors';
import { formatDateTime } from '@/shared/i18n/format';
import { DataList } from '@/shared/ui/DataList';
import { More } from '@/shared/ui/More';
import { Empty, Failed } from '@/shared/ui/Page';
import { toast } from '@/shared/ui/toast';
import { ledgerQuery, type Item, useRetry } from '../api';
import { Line } from '../Line';
import type { MessagesSearch } from '../search';
import { StateMark } from '../StateMark';
import { actsOf, repeatedOf, useMessageWords } from '../words';
import classes from './Ledger.module.css';
import { useWho } from './who';

const icons = { sms: IconMessage2, email: IconMail };

/** Messages as a ledger: with whom, what, how they stand and why. */
export function List({ search, onOpen }: { search: MessagesSearch; onOpen: (message: Item) => void }) {
  const { t, lang } = useLang();
  const textOf = useErrorText();
  const { timeZone } = useSession().practice;
  const maySend = useCan()('messages.send');
  const words = useMessageWords();
  const whoOf = useWho();
  const retry = useRetry();
  const list = useInfiniteQuery(ledgerQuery(search));
  const rows = list.data?.pages.flatMap((page) => page.items);
  if (list.error && !rows) return <Failed error={list.error} retry={() => void list.refetch()} />;
  if (rows && !rows.length) return <Nothing search={search} />;
  const why = (message: Item) => (message.direction === 'out' && message.reason ? words.reason(message.reason) : undefined);
  const repeated = repeatedOf(rows ?? []);
  const again = (message: Item) => void retry.mutateAsync(message).then(() => toast.done(t('messages.retried')), (error) => toast.failed(textOf(error)));
  return (
    <>
      <DataList
        rows={rows}
        keyOf={(message) => message.id}
        label={t('nav.messages')}
        nameLabel={t('messages.column.who')}
        nameOf={(message) => ({ name: whoOf(message) })}
        lead={(message) => {
          const Icon = icons[message.channel];
          return <Icon size={18} stroke={1.7} className={classes.channel} role="img" aria-label={t(`messages.channel.${message.channel}`)} />;
        }}
        columns={[
          {
            label: t('messages.column.what'),
            cell: (message) => (
              <span className={classes.line}>
                <Line of={message} />
              </span>
            ),
          },
          {
            label: t('messages.state'),
            cell: (message) => (
              <span className={classes.stands}>
                <StateMark state={message.state} />
                {why(message) ? <small>{why(message)}</small> : null}
              </span>
            ),
          },
          { label: t('messages.column.when'), cell: (message) => <span className="tnum">{formatDateTime(lang, timeZone, message.createdAt)}</span> },
        ]}
        details={(message) => (
          <>
            <span>{[t(`messages.state.${message.state}`), formatDateTime(lang, timeZone, message.createdAt)].join(' · ')}</span>
            <Line of={message} />
          </>
        )}
        onOpen={onOpen}
        menu={
          maySend
            ? (message) =>
                actsOf(message) === 'retry' && !repeated.has(message.id) ? (
                  <Menu.Item leftSection={<IconSend size={16} />} onClick={() => again(message)}>
                    {t('messages.retry')}
                  </Menu.Item>
                ) : null
            : undefined
        }
      />
      <More list={list} />
    </>
  );
}

function Nothing({ search: { shelf, channel, state, patient } }: { search: MessagesSearch }) {
  const { t } = useLang();
  if (channel || state || patient) return <Empty icon={<IconMessages size={26} stroke={1.6} />} title={t('messages.all.nothing')} text={t('messages.all.nothingText')} />;
  return shelf === 'failed' ? (
    <Empty icon={<IconMoodCheck size={26} stroke={1.6} />} title={t('messages.failed.empty')} text={t('messages.failed.emptyText')} />
  ) : (
    <Empty icon={<IconMessages size={26} stroke={1.6} />} title={t('messages.all.empty')} text={t('messages.all.emptyText')} />
  );
}
