import { ActionIcon, Button, Skeleton, Tabs } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconAdjustments, IconPlus, IconRoute, IconSearch, IconSparkles } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useRef, useState } from 'react';
import { useCan } from '@/shared/auth/session';
import { useSendKey } from '@/shared/forms/useSubmit';
import { useLang } from '@/shared/i18n';
import { useErrorText } from '@/shared/i18n/errors';
import { Gate } from '@/shared/ui/Gate';
import classes from '@/shared/ui/ListPage.module.css';
import { More } from '@/shared/ui/More';
import { Empty, Failed, PageHeader } from '@/shared/ui/Page';
import { SearchBox } from '@/shared/ui/SearchBox';
import { useShortcuts } from '@/shared/ui/shortcuts';
import { toast } from '@/shared/ui/toast';
import { useWorkflows, workflowListQuery } from '../api';
import { type Shelf, shelves, type WorkflowsSearch } from '../search';
import own from './List.module.css';
import { Stats } from './Stats';
import { WorkflowList } from './WorkflowList';

const SettingsDrawer = lazy(() => import('./SettingsDrawer').then((m) => ({ default: m.SettingsDrawer })));
const route = getRouteApi('/inside/workflows/');
const TYPING_MS = 200;

export function WorkflowsPage() {
  return (
    <Gate title="nav.workflows" needs="workflows.read">
      <Workflows />
    </Gate>
  );
}

/** Makes an empty one and opens it. */
function useBegin() {
  const { t } = useLang();
  const textOf = useErrorText();
  const navigate = useNavigate();
  const { create } = useWorkflows();
  const keyOf = useSendKey();
  const [turn, setTurn] = useState(0);
  const [busy, setBusy] = useState(false);
  const begin = async () => {
    setBusy(true);
    try {
      const body = { name: t('workflows.unnamed') };
      const made = await create(body, keyOf({ ...body, turn }));
      setTurn(turn + 1);
      await navigate({ to: '/workflows/$id', params: { id: made.id } });
    } catch (error) {
      toast.failed(textOf(error));
    } finally {
      setBusy(false);
    }
  };
  return { begin: () => void begin(), busy };
}

function Workflows() {
  const { t } = useLang();
  const mayWrite = useCan()('workflows.write');
  const { shelf = 'all', q, settings } = route.useSearch();
  const navigate = route.useNavigate();
  const list = useInfiniteQuery(workflowListQuery({ shelf, q: q ?? '' }));
  const { begin, busy } = useBegin();
  const [text, setText] = useState(q ?? '');
  const searchRef = useRef<HTMLInputElement>(null);
  const listRef = useRef<HTMLDivElement>(null);
  const go = (next: Partial<WorkflowsSearch>) => void navigate({ search: (now) => ({ ...now, ...next }), replace: true });
  const pushText = useDebouncedCallback((value: string) => go({ q: value.trim() || undefined }), TYPING_MS);
  // the back button and links change the search without typing
  useEffect(() => setText((now) => (now.trim() === (q ?? '') ? now : (q ?? ''))), [q]);
  const type = (value: string) => {
    setText(value);
    pushText(value);
  };
  useShortcuts([
    ...(mayWrite ? [{ key: 'n', label: 'workflows.new' as const, run: begin }] : []),
    { key: 'f', label: 'workflows.search', run: () => searchRef.current?.focus() },
    { key: 'ArrowDown', label: 'shortcut.rows', shown: ['↑', '↓'] },
    { key: 'Enter', label: 'shortcut.open', shown: ['Enter'] },
  ]);

  const items = list.data?.pages.flatMap((page) => page.items);
  const nothing = items?.length === 0;
  return (
    <div className={classes.page}>
      <PageHeader
        title={t('nav.workflows')}
        sub={t('workflows.sub')}
        actions={
          <>
            <ActionIcon variant="default" size={36} title={t('workflows.settings')} aria-label={t('workflows.settings')} onClick={() => go({ settings: true })}>
              <IconAdjustments size={18} stroke={1.7} />
            </ActionIcon>
            {mayWrite ? (
              <>
                <Button variant="default" leftSection={<IconSparkles size={16} />} component={Link} to="/workflows/recipes">
                  {t('workflows.recipes')}
                </Button>
                <Button leftSection={<IconPlus size={16} />} loading={busy} onClick={begin}>
                  {t('workflows.new')}
                </Button>
              </>
            ) : null}
          </>
        }
      />
      <Stats />
      <Tabs value={shelf} onChange={(next) => go({ shelf: next === 'all' ? undefined : (next as Shelf) })} className={classes.tabs} keepMounted>
        <Tabs.List aria-label={t('list.views')} className={classes.tabList}>
          {shelves.map((value) => (
            <Tabs.Tab key={value} value={value}>
              {t(`workflows.shelf.${value}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <div className={classes.card}>
          <div className={classes.tools}>
            <SearchBox ref={searchRef} label={t('workflows.search')} value={text} onType={type} rows={listRef} />
          </div>
          {shelves.map((value) => (
            <Tabs.Panel key={value} value={value}>
              {value !== shelf ? null : list.error && !items ? (
                <Failed error={list.error} retry={() => void list.refetch()} />
              ) : nothing ? (
                <Nothing searching={!!q} all={shelf === 'all'} mayWrite={mayWrite} onClear={() => type('')} />
              ) : (
                <div ref={listRef} className={list.isPlaceholderData ? classes.fading : undefined}>
                  {items ? <WorkflowList items={items} /> : <Skeleton h={280} className={own.waiting ?? ''} />}
                  <More list={list} />
                </div>
              )}
            </Tabs.Panel>
          ))}
        </div>
      </Tabs>
      <Suspense>{settings ? <SettingsDrawer onClose={() => go({ settings: undefined })} /> : null}</Suspense>
    </div>
  );
}

function Nothing({ searching, all, mayWrite, onClear }: { searching: boolean; all: boolean; mayWrite: boolean; onClear: () => void }) {
  const { t } = useLang();
  if (searching) {
    return (
      <Empty
        icon={<IconSearch size={26} stroke={1.6} />}
        title={t('workflows.empty.search')}
        text={t('workflows.empty.searchText')}
        action={
          <Button variant="light" mt="xs" onClick={onClear}>
            {t('list.clear')}
          </Button>
        }
      />
    );
  }
  if (!all) return <Empty icon={<IconRoute size={26} stroke={1.6} />} title={t('workflows.empty.shelf')} text={t('workflows.empty.shelfText')} />;
  return (
    <Empty
      icon={<IconRoute size={26} stroke={1.6} />}
      title={t('workflows.empty.first')}
      text={t('workflows.empty.firstText')}
      action={
        mayWrite ? (
          <Button mt="xs" leftSection={<IconSparkles size={16} />} component={Link} to="/workflows/recipes">
            {t('workflows.recipes.choose')}
          </Button>
        ) : undefined
      }
    />
  );
}
