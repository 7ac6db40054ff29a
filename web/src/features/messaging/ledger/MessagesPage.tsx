import { Button, Tabs } from '@mantine/core';
import { IconInbox } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import { useLang } from '@/shared/i18n';
import { Gate } from '@/shared/ui/Gate';
import lists from '@/shared/ui/ListPage.module.css';
import { PageHeader } from '@/shared/ui/Page';
import { countsQuery, type Item } from '../api';
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
  const counts = useQuery(countsQuery).data;
  const [open, setOpen] = useState<Item>();
  const { shelf = 'inbox' } = search;
  /** What is undefined leaves the address. */
  const go = (next: { [K in keyof MessagesSearch]: MessagesSearch[K] | undefined }) =>
    void navigate({ search: Object.fromEntries(Object.entries({ ...search, ...next }).filter(([, value]) => value !== undefined)) as MessagesSearch, replace: true });
  // what failed is new for a day; nobody knows of what is not certain until somebody decides
  const waiting = { inbox: counts?.unread, all: 0, failed: (counts?.failed ?? 0) + (counts?.unknown ?? 0) };
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
            <Tabs.Tab key={one} value={one} rightSection={waiting[one] ? <span className={classes.count}>{waiting[one]}</span> : null}>
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
