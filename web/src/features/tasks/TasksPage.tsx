import { Button, Select, Skeleton, Tabs } from '@mantine/core';
import { IconChecklist, IconPlus } from '@tabler/icons-react';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { Suspense, useRef } from 'react';
import { useCan } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { formatNumber } from '@/shared/i18n/format';
import { Gate } from '@/shared/ui/Gate';
import lists from '@/shared/ui/ListPage.module.css';
import { More } from '@/shared/ui/More';
import { Empty, Failed, PageHeader } from '@/shared/ui/Page';
import { focusFirstRow } from '@/shared/ui/rowKeys';
import { useShortcuts } from '@/shared/ui/shortcuts';
import { countsQuery, type TasksAsked, tasksQuery } from './api';
import { askedOf, useAssignees } from './assignee';
import { TaskDrawer } from './lazy';
import { type Tab, tabs, type TasksSearch } from './search';
import { TaskRows } from './TaskRows';
import classes from './Tasks.module.css';
import { useToggle } from './useToggle';

const route = getRouteApi('/inside/tasks');
/** As far as the server counts what is done. */
const MOST = 1000;
const SKELETONS = 5;

const asks: Record<Tab, TasksAsked> = { mine: { mine: true }, open: {}, overdue: { overdue: true }, done: { status: 'done', sort: '-doneAt' } };

export function TasksPage() {
  return (
    <Gate title="nav.tasks" needs="tasks.read">
      <Tasks />
    </Gate>
  );
}

function Tasks() {
  const { t } = useLang();
  const mayWrite = useCan()('tasks.write');
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { tab = 'mine' } = search;
  /** What is undefined leaves the address. */
  const go = (next: { [K in keyof TasksSearch]: TasksSearch[K] | undefined }, replace = true) =>
    void navigate({ search: Object.fromEntries(Object.entries({ ...search, ...next }).filter(([, value]) => value !== undefined)) as TasksSearch, replace, resetScroll: false });
  const add = () => go({ new: true });
  const close = () => go({ new: undefined, task: undefined });
  return (
    <div className={lists.page}>
      <PageHeader
        title={t('nav.tasks')}
        sub={t('tasks.sub')}
        actions={
          mayWrite ? (
            <Button leftSection={<IconPlus size={16} />} onClick={add}>
              {t('tasks.new')}
            </Button>
          ) : undefined
        }
      />
      <Tabs value={tab} onChange={(next) => go({ tab: tabs.find((one) => one === next && one !== 'mine') as TasksSearch['tab'], who: next === 'mine' ? undefined : search.who })} className={lists.tabs} keepMounted>
        <TabList />
        {tabs.map((one) => (
          <Tabs.Panel key={one} value={one}>
            {one === tab ? <List key={one} tab={one} who={search.who} onWho={(who) => go({ who })} onOpen={(task) => go({ task })} onNew={mayWrite ? add : undefined} /> : null}
          </Tabs.Panel>
        ))}
      </Tabs>
      <Suspense>{search.task ? <TaskDrawer id={search.task} onClose={close} /> : search.new && mayWrite ? <TaskDrawer assignee={null} onClose={close} /> : null}</Suspense>
    </div>
  );
}

/** The lists, with how much there is in each. */
function TabList() {
  const { t, lang } = useLang();
  const counts = useQuery(countsQuery).data;
  const said = (count: number) => (count >= MOST ? `${formatNumber(lang, MOST - 1)}+` : formatNumber(lang, count));
  return (
    <Tabs.List aria-label={t('tasks.lists')} className={lists.tabList}>
      {tabs.map((one) => (
        <Tabs.Tab key={one} value={one}>
          {t(`tasks.tab.${one}`)}
          {counts ? (
            <span className={classes.count} data-late={(one === 'overdue' && counts.overdue > 0) || undefined}>
              {said(counts[one])}
            </span>
          ) : null}
        </Tabs.Tab>
      ))}
    </Tabs.List>
  );
}

type ListProps = { tab: Tab; who: string | undefined; onWho: (who: string | undefined) => void; onOpen: (id: string) => void; onNew: (() => void) | undefined };

function List({ tab, who, onWho, onOpen, onNew }: ListProps) {
  const { t } = useLang();
  const ref = useRef<HTMLDivElement>(null);
  const { may, toggle } = useToggle();
  const list = useInfiniteQuery(tasksQuery({ ...asks[tab], ...(tab === 'mine' ? {} : askedOf(who)) }));
  const tasks = list.data?.pages.flatMap((page) => page.items);
  const focused = () => tasks?.find(({ id }) => id === (document.activeElement as HTMLElement | null)?.dataset.row);
  const checkOff = () => {
    const task = focused();
    if (task) void toggle(task);
  };
  useShortcuts([
    ...(onNew ? [{ key: 'n', label: 'tasks.new' as const, run: onNew }] : []),
    { key: 'f', label: 'tasks.toRows', run: () => focusFirstRow(ref.current) },
    { key: 'ArrowDown', label: 'shortcut.rows', shown: ['↑', '↓'] },
    { key: 'Enter', label: 'shortcut.open', shown: ['Enter'] },
    ...(may ? [{ key: 'x', label: 'tasks.checkOff' as const, run: checkOff }] : []),
  ]);
  return (
    <div ref={ref} className={lists.card}>
      {tab === 'mine' ? null : <Whose who={who} onWho={onWho} />}
      {list.error && !tasks ? (
        <Failed error={list.error} retry={() => void list.refetch()} />
      ) : !tasks ? (
        <div className={classes.waiting} aria-busy>
          {Array.from({ length: SKELETONS }, (_, n) => (
            <Skeleton key={n} h={36} />
          ))}
        </div>
      ) : tasks.length ? (
        <div className={list.isPlaceholderData ? lists.fading : undefined}>
          <TaskRows tasks={tasks} label={t(`tasks.tab.${tab}`)} onOpen={onOpen} />
          <More list={list} />
        </div>
      ) : (
        <Empty
          icon={<IconChecklist size={26} stroke={1.6} />}
          title={t(who && tab !== 'mine' ? 'tasks.empty.filtered' : `tasks.empty.${tab}`)}
          text={t(`tasks.emptyText.${tab}`)}
          action={
            onNew && (tab === 'mine' || tab === 'open') ? (
              <Button leftSection={<IconPlus size={16} />} onClick={onNew}>
                {t('tasks.new')}
              </Button>
            ) : undefined
          }
        />
      )}
    </div>
  );
}

/** Whose tasks are shown. */
function Whose({ who, onWho }: { who: string | undefined; onWho: (who: string | undefined) => void }) {
  const { t } = useLang();
  const { choicesWith } = useAssignees();
  const data = [{ value: 'nobody', label: t('tasks.nobody') }, ...choicesWith(who === 'nobody' ? null : (who ?? null), undefined)];
  return (
    <div className={classes.tools}>
      <Select aria-label={t('tasks.field.assignee')} placeholder={t('tasks.everybody')} data={data} value={who ?? null} onChange={(next) => onWho(next ?? undefined)} clearable searchable nothingFoundMessage={t('search.nothing')} w={260} />
    </div>
  );
}
