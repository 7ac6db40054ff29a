import { Button, Tabs } from '@mantine/core';
import { IconInbox } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import { useLang } from '@/shared/i18n';
import { Gate } from '@/shared/ui/Gate';
import lists from '@/shared/ui/ListPage.module.css';
import { PageHeader } from '@/shared/ui/Page';
import { inboxQuery, type Message } from '../api';
import { type MessagesSearch, shelves, validateMessagesSearch } from '../search';
import { Inbox } from './Inbox';
import classes from './Ledger.module.css';
import { Filters } from './Filters';
import { List } from './List';

const MessageDrawer = lazy(() => import('./MessageDrawer').then((m) => ({ default: m.MessageDrawer })));
const route = getRouteApi('/inside/messages');

export function MessagesPage() {
  return (
    <Gate title="nav.messages" needs="messages.read">
      <Messages />
    </Gate>
  );
}

/** What came in and waits for somebody, everything there is, and what did not arrive. */
function Messages() {
  const { t } = useLang();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const inbox = useInfiniteQuery(inboxQuery).data?.pages;
  const [open, setOpen] = useState<Message>();
  const { shelf = 'inbox' } = search;
  /** What is undefined leaves the address. */
  const go = (next: { [K in keyof MessagesSearch]: MessagesSearch[K] | undefined }) =>
    void navigate({ search: Object.fromEntries(Object.entries({ ...search, ...next }).filter(([, value]) => value !== undefined)) as MessagesSearch, replace: true });
  const waiting = inbox?.reduce((sum, page) => sum + page.items.length, 0);
  return (
    <div className={lists.page}>
      <PageHeader
        title={t('nav.messages')}
        sub={t('messages.sub')}
        actions={
          <Button variant="default" leftSection={<IconInbox size={16} />} renderRoot={(props) => <Link to="/messages/mailbox" {...props} />}>
            {t('messages.mailbox.open')}
          </Button>
        }
      />
      <Tabs value={shelf} onChange={(next) => void navigate({ search: validateMessagesSearch({ shelf: next }), replace: true })} className={lists.tabs} keepMounted>
        <Tabs.List aria-label={t('messages.tabs')} className={lists.tabList}>
          {shelves.map((one) => (
            <Tabs.Tab key={one} value={one} rightSection={one === 'inbox' && waiting ? <span className={classes.count}>{`${waiting}${inbox?.at(-1)?.nextCursor ? '+' : ''}`}</span> : null}>
              {t(`messages.tab.${one}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {shelves.map((one) => (
          <Tabs.Panel key={one} value={one}>
            {one !== shelf ? null : one === 'inbox' ? (
              <Inbox />
            ) : (
              <div className={lists.card}>
                <Filters search={search} onGo={go} />
                <List search={search} onOpen={setOpen} />
              </div>
            )}
          </Tabs.Panel>
        ))}
      </Tabs>
      <Suspense>{open ? <MessageDrawer listed={open} onClose={() => setOpen(undefined)} /> : null}</Suspense>
    </div>
  );
}
