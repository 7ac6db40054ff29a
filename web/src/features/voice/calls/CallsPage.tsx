import { Skeleton, Tabs } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { useLang } from '@/shared/i18n';
import { Gate } from '@/shared/ui/Gate';
import lists from '@/shared/ui/ListPage.module.css';
import { PageHeader } from '@/shared/ui/Page';
import { Places } from '../Places';
import { inboxQuery } from './api';
import classes from './Calls.module.css';
import { type CallsSearch, type Shelf, shelves } from './search';
import { useCallWords } from './words';
import { WorkflowSelect } from './WorkflowSelect';

const Live = lazy(() => import('./live/Live').then((m) => ({ default: m.Live })));
const Inbox = lazy(() => import('./inbox/Inbox').then((m) => ({ default: m.Inbox })));
const All = lazy(() => import('./All').then((m) => ({ default: m.All })));
const route = getRouteApi('/inside/calls');

export function CallsPage() {
  return (
    <Gate title="calls.title" needs="calls.read">
      <Calls />
    </Gate>
  );
}

/** Calls that are not over, those that wait for somebody to look at them, and all there were. */
function Calls() {
  const { t } = useLang();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { shelf = 'live' } = search;
  const { workflows } = useCallWords();
  const workflowId = workflows?.find(({ slug }) => slug === search.workflow)?.id;
  const waiting = useInfiniteQuery(inboxQuery(workflowId)).data?.pages.flatMap((page) => page.items).length;
  const go = (next: { [K in keyof CallsSearch]: CallsSearch[K] | undefined }) => void navigate({ search: (now) => ({ ...now, ...next }) as CallsSearch, replace: true, resetScroll: false });
  const onSelect = (call: string | undefined) => go({ call });
  const shown = { workflowId, selected: search.call, onSelect };
  return (
    <div className={lists.page}>
      <PageHeader title={t('calls.title')} sub={t('calls.sub')} />
      <Places place="calls" slug={search.workflow} />
      <Tabs value={shelf} onChange={(next) => go({ shelf: next === 'live' ? undefined : (next as Shelf), call: undefined })} className={lists.tabs} keepMounted>
        <Tabs.List aria-label={t('calls.tabs')} className={lists.tabList}>
          {shelves.map((one) => (
            <Tabs.Tab key={one} value={one} rightSection={one === 'inbox' && waiting ? <span className={classes.count}>{waiting}</span> : null}>
              {t(`calls.tab.${one}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <div className={classes.tools}>
          <WorkflowSelect value={search.workflow} onChange={(workflow) => go({ workflow })} />
        </div>
        {shelves.map((one) => (
          <Tabs.Panel key={one} value={one}>
            <Suspense fallback={<Skeleton h={200} mt="md" radius={12} />}>{one !== shelf ? null : one === 'live' ? <Live {...shown} /> : one === 'inbox' ? <Inbox {...shown} /> : <All workflowId={workflowId} />}</Suspense>
          </Tabs.Panel>
        ))}
      </Tabs>
    </div>
  );
}
