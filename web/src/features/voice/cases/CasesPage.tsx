import { ActionIcon, Button, Menu, Skeleton, Tabs } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { IconDots, IconFileExport, IconFileImport, IconFilter, IconPlus, IconSquareCheck } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { lazy, type RefObject, Suspense, useEffect, useRef, useState } from 'react';
import { useCan } from '@/shared/auth/session';
import { type Filter, sizeOf } from '@/shared/filter/filter';
import { useLang, wantTexts } from '@/shared/i18n';
import { Gate } from '@/shared/ui/Gate';
import lists from '@/shared/ui/ListPage.module.css';
import { More } from '@/shared/ui/More';
import { Failed } from '@/shared/ui/Page';
import { PHONE } from '@/shared/ui/phone';
import { SearchBox } from '@/shared/ui/SearchBox';
import { useShortcuts } from '@/shared/ui/shortcuts';
import type { CallWorkflow } from '../api';
import { Frame } from '../Frame';
import { type CasesSearch, usualSort, type View, views } from '../search';
import { type Case, caseListQuery, type Listed } from './api';
import { Nothing } from './Nothing';
import { useExport } from './useExport';
import { useTyped } from './useTyped';

// a window shows one of both
const CaseTable = lazy(() => import('./CaseTable').then((m) => ({ default: m.CaseTable })));
const CaseCards = lazy(() => import('./CaseCards').then((m) => ({ default: m.CaseCards })));
const CallBar = lazy(() => import('./CallBar').then((m) => ({ default: m.CallBar })));
const NewCaseDrawer = lazy(() => import('./NewCaseDrawer').then((m) => ({ default: m.NewCaseDrawer })));
const FilterDrawer = lazy(() => import('./FilterDrawer').then((m) => ({ default: m.FilterDrawer })));
const ImportDrawer = lazy(async () => {
  // what can be wrong with a file is said there
  const [module] = await Promise.all([import('../imports/ImportDrawer'), wantTexts('imports')]);
  return { default: module.ImportDrawer };
});
const route = getRouteApi('/inside/cases/');

export function CasesPage() {
  return (
    <Gate title="cases.title" needs="cases.read">
      <Frame place="cases" sub={(workflow) => <Sub workflow={workflow} />} actions={(workflow) => <Actions workflow={workflow} />}>
        {(workflow) => <Cases key={workflow.id} workflow={workflow} />}
      </Frame>
    </Gate>
  );
}

function useGo() {
  const navigate = route.useNavigate();
  return (next: { [K in keyof CasesSearch]?: CasesSearch[K] | undefined }, replace = false) =>
    void navigate({ search: (now) => ({ ...now, ...next }) as CasesSearch, replace, resetScroll: false });
}

function Sub({ workflow }: { workflow: CallWorkflow }) {
  const { t } = useLang();
  return workflow.enabled ? t('cases.count', { count: workflow.cases }) : `${t('cases.count', { count: workflow.cases })} · ${t('callWorkflows.isOff')}`;
}

function Actions({ workflow }: { workflow: CallWorkflow }) {
  const { t } = useLang();
  const go = useGo();
  if (!useCan()('cases.write')) return null;
  return (
    <Button leftSection={<IconPlus size={16} />} onClick={() => go({ workflow: workflow.slug, new: true })}>
      {t('cases.new')}
    </Button>
  );
}

/** Which cases the address, what was typed and what conditions were set ask for. */
function listedOf(workflow: CallWorkflow, { view = 'all', sort = usualSort }: CasesSearch, filter: Filter | undefined, q: string): Listed {
  const status: Filter | undefined = view === 'all' || view === 'deleted' ? undefined : { field: 'callStatus', op: 'eq', value: view };
  const all = [status, filter].filter((part) => part !== undefined);
  return { callWorkflowId: workflow.id, deleted: view === 'deleted', filter: all.length > 1 ? { all } : all[0], sort, q };
}

function Cases({ workflow }: { workflow: CallWorkflow }) {
  const { t } = useLang();
  const can = useCan();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const go = useGo();
  const { view = 'all', sort = usualSort } = search;
  const { typed, setTyped, q, filter, setFilter, row, setRow } = useTyped(workflow.id);
  const [filtering, setFiltering] = useState(false);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [selecting, setSelecting] = useState(false);
  const listed = listedOf(workflow, search, filter, q);
  const list = useInfiniteQuery(caseListQuery(listed));
  const items = list.data?.pages.flatMap((page) => page.items);
  const phone = !!useMediaQuery(PHONE, matchMedia(PHONE).matches, { getInitialValueInEffect: false });
  const searchRef = useRef<HTMLInputElement>(null);
  const listRef = useRef<HTMLDivElement>(null);
  const mayWrite = can('cases.write');
  const mayChoose = can('calls.start') && view !== 'deleted';
  const shown = mayWrite ? views : views.filter((one) => one !== 'deleted');
  const conditions = sizeOf(filter);

  useFocusRow(listRef, !!items?.length, row, () => setRow(undefined));
  const openOne = ({ id }: Case) => {
    setRow(id);
    void navigate({ to: '/cases/$id', params: { id }, search: {}, state: { fromList: true } });
  };
  const clearChosen = () => {
    setChosen(new Set());
    setSelecting(false);
  };
  const openView = (next: View) => {
    clearChosen();
    go({ view: next === 'all' ? undefined : next });
  };
  useShortcuts([
    ...(mayWrite ? [{ key: 'n', label: 'cases.new' as const, run: () => go({ workflow: workflow.slug, new: true }) }] : []),
    { key: '/', label: 'cases.search', run: () => searchRef.current?.focus() },
    { key: 'f', label: 'cases.search', run: () => searchRef.current?.focus() },
    { key: 'ArrowDown', label: 'shortcut.rows', shown: ['↑', '↓'] },
    { key: 'Enter', label: 'shortcut.open', shown: ['Enter'] },
  ]);

  const picked = items?.filter((one) => chosen.has(one.id)) ?? [];
  const choosing = mayChoose ? { chosen, onChoose: setChosen } : {};
  const body =
    list.isError && !items ? (
      <Failed error={list.error} retry={() => void list.refetch()} />
    ) : items?.length === 0 ? (
      <Nothing
        view={view}
        searching={!!q || conditions > 0}
        onClear={() => {
          setTyped('');
          setFilter(undefined);
        }}
        onNew={mayWrite ? () => go({ workflow: workflow.slug, new: true }) : undefined}
        onImport={can('cases.import') ? () => go({ workflow: workflow.slug, import: 'new' }) : undefined}
      />
    ) : (
      <div ref={listRef} className={list.isPlaceholderData ? lists.fading : undefined}>
        <Suspense fallback={<Skeleton h={560} m="md" />}>
          {phone ? (
            <CaseCards workflow={workflow} items={items} onOpen={openOne} chosen={mayChoose && (selecting || chosen.size) ? chosen : undefined} onChoose={mayChoose ? setChosen : undefined} />
          ) : (
            <CaseTable workflow={workflow} items={items} sort={sort} onSort={(next) => go({ sort: next }, true)} onOpen={openOne} {...choosing} />
          )}
        </Suspense>
        <More list={list} />
        <Suspense>{mayChoose && (picked.length || selecting) ? <CallBar workflow={workflow} chosen={picked} onClear={clearChosen} /> : null}</Suspense>
      </div>
    );

  return (
    <>
      <Tabs value={view} onChange={(next) => openView(shown.find((one) => one === next) ?? 'all')} className={lists.tabs} keepMounted mt={6}>
        <Tabs.List aria-label={t('cases.views')} className={lists.tabList}>
          {shown.map((one) => (
            <Tabs.Tab key={one} value={one}>
              {t(one === 'all' || one === 'deleted' ? `cases.view.${one}` : `cases.status.${one}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <div className={lists.card}>
          <div className={lists.tools}>
            <SearchBox ref={searchRef} label={t('cases.search')} value={typed} onType={setTyped} rows={listRef} autoComplete="off" className="ownDirection" />
            <FilterButton conditions={conditions} phone={phone} onClick={() => setFiltering(true)} />
            {phone ? null : <span className={lists.spacer} />}
            <ListMenu listed={listed} secret={workflow.fields.some((field) => field.sensitive)} onImport={() => go({ workflow: workflow.slug, import: 'new' })} onSelect={phone && mayChoose ? () => setSelecting(true) : undefined} />
          </div>
          {shown.map((one) => (
            <Tabs.Panel key={one} value={one}>
              {one === view ? body : null}
            </Tabs.Panel>
          ))}
        </div>
      </Tabs>
      <Suspense>
        {filtering ? (
          <FilterDrawer
            fields={workflow.fields}
            filter={filter}
            onClose={() => setFiltering(false)}
            onApply={(next) => {
              setFiltering(false);
              setFilter(next);
            }}
          />
        ) : null}
        {search.new && mayWrite ? <NewCaseDrawer workflow={workflow} onClose={() => go({ new: undefined })} onCreated={openOne} /> : null}
        {search.import && can('cases.import') ? <ImportDrawer workflow={workflow} id={search.import} onOpen={(id) => go({ import: id }, true)} onClose={() => go({ import: undefined })} /> : null}
      </Suspense>
    </>
  );
}

/** Back from a case: to where one was. */
function useFocusRow(listRef: RefObject<HTMLDivElement | null>, there: boolean, row: string | undefined, done: () => void) {
  useEffect(() => {
    if (!there || !row) return;
    done();
    listRef.current?.querySelector<HTMLElement>(`[data-row="${row}"]`)?.focus({ preventScroll: true });
  }, [there]);
}

function FilterButton({ conditions, phone, onClick }: { conditions: number; phone: boolean; onClick: () => void }) {
  const { t } = useLang();
  const label = conditions ? t('filter.on', { count: conditions }) : t('filter.title');
  const variant = conditions ? 'light' : 'default';
  return phone ? (
    <ActionIcon variant={variant} size={44} aria-label={label} onClick={onClick}>
      <IconFilter size={18} stroke={1.7} />
    </ActionIcon>
  ) : (
    <Button variant={variant} leftSection={<IconFilter size={16} />} onClick={onClick}>
      {label}
    </Button>
  );
}

type MenuProps = {
  listed: Listed;
  /** There are sensitive fields. */
  secret: boolean;
  onImport: () => void;
  onSelect: (() => void) | undefined;
};

/** What else can be done with the list. */
function ListMenu({ listed, secret, onImport, onSelect }: MenuProps) {
  const { t } = useLang();
  const can = useCan();
  const save = useExport(listed);
  const mayExport = can('cases.export') && !listed.deleted;
  if (!can('cases.import') && !mayExport && !onSelect) return null;
  return (
    <Menu position="bottom-end" width={250}>
      <Menu.Target>
        <ActionIcon variant="default" size={36} aria-label={t('cases.more')}>
          <IconDots size={18} stroke={1.7} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {onSelect ? (
          <Menu.Item leftSection={<IconSquareCheck size={16} />} onClick={onSelect}>
            {t('cases.select')}
          </Menu.Item>
        ) : null}
        {can('cases.import') ? (
          <Menu.Item leftSection={<IconFileImport size={16} />} onClick={onImport}>
            {t('cases.import')}
          </Menu.Item>
        ) : null}
        {mayExport ? (
          <Menu.Item leftSection={<IconFileExport size={16} />} onClick={() => void save()}>
            {t('cases.export')}
          </Menu.Item>
        ) : null}
        {mayExport && secret ? (
          <Menu.Item leftSection={<IconFileExport size={16} />} onClick={() => void save(true)}>
            {t('cases.exportSecret')}
          </Menu.Item>
        ) : null}
      </Menu.Dropdown>
    </Menu>
  );
}
