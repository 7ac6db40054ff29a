import { ActionIcon, Button, Skeleton, Tabs } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { IconFilter, IconPlus, IconSearch, IconUsers, IconUsersGroup } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi, useRouter } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useRef, useState } from 'react';
import { identityOf, useCan, useSession } from '@/shared/auth/session';
import { sizeOf } from '@/shared/filter/filter';
import { type MessageId, useLang } from '@/shared/i18n';
import { formatNumber } from '@/shared/i18n/format';
import { Gate } from '@/shared/ui/Gate';
import lists from '@/shared/ui/ListPage.module.css';
import { More } from '@/shared/ui/More';
import { Empty, Failed, PageHeader } from '@/shared/ui/Page';
import { PHONE } from '@/shared/ui/phone';
import { SearchBox } from '@/shared/ui/SearchBox';
import { useShortcuts } from '@/shared/ui/shortcuts';
import { SortMenu } from '@/shared/ui/SortMenu';
import { type PatientItem, patientListQuery } from './api';
import { keep, keptOf } from './kept';
import { Peek } from './peek/Peek';
import { type PatientsSearch, type Sort, views } from './search';
import { TagFilter } from './tags/TagFilter';
import { type SavedView, useCounts } from './views/api';
import { useView } from './views/useView';
import classes from './views/Views.module.css';

// a window shows one of both
const PatientCards = lazy(() => import('./PatientCards').then((m) => ({ default: m.PatientCards })));
const PatientTable = lazy(() => import('./PatientTable').then((m) => ({ default: m.PatientTable })));
const PatientDrawer = lazy(() => import('./PatientDrawer').then((m) => ({ default: m.PatientDrawer })));
const ColumnsMenu = lazy(() => import('./views/ColumnsMenu').then((m) => ({ default: m.ColumnsMenu })));
const FilterDrawer = lazy(() => import('./views/FilterDrawer').then((m) => ({ default: m.FilterDrawer })));
const ViewMenu = lazy(() => import('./views/ViewMenu').then((m) => ({ default: m.ViewMenu })));
const MoreMenu = lazy(() => import('./MoreMenu').then((m) => ({ default: m.MoreMenu })));
const BulkBar = lazy(() => import('./views/BulkBar').then((m) => ({ default: m.BulkBar })));
const route = getRouteApi('/inside/patients');
const TYPING_MS = 200;

const phoneSorts: Partial<Record<Sort, MessageId>> = {
  name: 'patients.sort.name',
  '-number': 'patients.sort.numberDown',
  '-updatedAt': 'patients.sort.updatedDown',
  birthDate: 'patients.sort.birthDate',
};

export function PatientsPage() {
  return (
    <Gate title="patients.title" needs="patients.read">
      <Patients />
    </Gate>
  );
}

/** What is typed lives here and nowhere else; it comes back when one returns from a record, and not otherwise. */
function useTyped() {
  const who = identityOf(useSession());
  const router = useRouter();
  const [typed, setTyped] = useState(() => keptOf(who).typed);
  useEffect(() => keep(who, { typed }), [who, typed]);
  useEffect(
    () => () => {
      if (!router.latestLocation.pathname.startsWith('/patients/')) keep(who, { typed: '', row: undefined, edited: undefined });
    },
    [who, router],
  );
  return { who, typed, setTyped };
}

function Patients() {
  const { t } = useLang();
  const can = useCan();
  const canWrite = can('patients.write');
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { tags = [] } = search;
  const open = can('patients.delete') ? views : views.filter((view) => view !== 'deleted');
  const { who, typed, setTyped } = useTyped();
  const view = useView(search, who, open);
  const { sort } = view;
  const conditions = sizeOf(view.filter);
  const [filtering, setFiltering] = useState(false);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [selecting, setSelecting] = useState(false);
  const mayChoose = (canWrite || can('patients.export')) && !view.deleted;
  const clearChosen = () => {
    setChosen(new Set());
    setSelecting(false);
  };
  const [q, setQ] = useState(typed.trim());
  useEffect(() => {
    const text = typed.trim();
    // emptying the box needs no waiting
    if (!text) return setQ('');
    const timer = setTimeout(() => setQ(text), TYPING_MS);
    return () => clearTimeout(timer);
  }, [typed]);
  const listed = { deleted: view.deleted, filter: view.condition, sort, q };
  const list = useInfiniteQuery({ ...patientListQuery(listed), enabled: !view.waiting });
  const phone = useMediaQuery(PHONE, matchMedia(PHONE).matches, { getInitialValueInEffect: false });
  const searchRef = useRef<HTMLInputElement>(null);
  const listRef = useRef<HTMLDivElement>(null);

  const go = (next: { [K in keyof PatientsSearch]?: PatientsSearch[K] | undefined }, replace = false) =>
    void navigate({ search: (now) => ({ ...now, ...next }) as PatientsSearch, replace, resetScroll: false });
  const items = list.data?.pages.flatMap((page) => page.items);
  const openOne = (patient: PatientItem) => {
    keep(who, { row: patient.id });
    void navigate({ to: '/patients/$id', params: { id: patient.id }, search: {}, state: { fromList: true } });
  };
  const openNew = () => go({ new: true });

  // back from a record: where one was
  const there = !!items?.length;
  useEffect(() => {
    const { row } = keptOf(who);
    if (!there || !row) return;
    keep(who, { row: undefined });
    listRef.current?.querySelector<HTMLElement>(`[data-row="${row}"]`)?.focus({ preventScroll: true });
  }, [there, who]);

  useShortcuts([
    ...(canWrite ? [{ key: 'n', label: 'patients.new' as const, run: openNew }] : []),
    { key: '/', label: 'patients.search', run: () => searchRef.current?.focus() },
    { key: 'f', label: 'patients.search', run: () => searchRef.current?.focus() },
    { key: 'ArrowDown', label: 'shortcut.rows', shown: ['↑', '↓'] },
    { key: 'Enter', label: 'shortcut.open', shown: ['Enter'] },
    { key: ' ', label: 'peek.hint', shown: ['Space'] },
  ]);

  const clear = () => {
    setTyped('');
    if (!view.saved) view.setFilter(undefined);
    if (tags.length) go({ tags: undefined }, true);
  };
  const openView = (value: string | undefined) => {
    view.forget();
    clearChosen();
    go({ view: value === 'active' ? undefined : value, sort: undefined, tags: undefined });
  };
  const picked = items?.filter((patient) => chosen.has(patient.id)) ?? [];
  const body =
    list.isError && !items ? (
      <Failed error={list.error} retry={() => void list.refetch()} />
    ) : items?.length === 0 ? (
      <Nothing view={view.id} searching={!!q || tags.length > 0 || (conditions > 0 && !view.saved)} onClear={clear} onNew={canWrite ? openNew : undefined} />
    ) : (
      <div ref={listRef} className={list.isPlaceholderData ? lists.fading : undefined}>
        <Suspense fallback={<Skeleton h={560} m="md" />}>
          {phone ? (
            <PatientCards items={items} onOpen={openOne} chosen={mayChoose && (selecting || chosen.size) ? chosen : undefined} onChoose={mayChoose ? setChosen : undefined} />
          ) : (
            <PatientTable
              items={items}
              sort={sort}
              onSort={(next) => go({ sort: next }, true)}
              onOpen={openOne}
              columns={view.columns}
              peeked={search.peek}
              {...(mayChoose ? { chosen, onChoose: setChosen } : {})}
            />
          )}
        </Suspense>
        <More list={list} />
        <Suspense>{mayChoose && (picked.length || selecting) ? <BulkBar chosen={picked} listed={listed} onClear={clearChosen} /> : null}</Suspense>
      </div>
    );
  const filterLabel = conditions ? t('filter.on', { count: conditions }) : t('filter.title');

  return (
    <div className={lists.page}>
      <PageHeader
        title={t('patients.title')}
        sub={items ? t(list.hasNextPage ? 'patients.countMore' : 'patients.count', { count: items.length }) : <Skeleton h={14} w={90} mt={4} />}
        actions={
          <>
            <Suspense>
              <MoreMenu listed={listed} onSelect={phone && mayChoose ? () => setSelecting(true) : undefined} />
            </Suspense>
            {canWrite ? (
              <Button leftSection={<IconPlus size={16} />} onClick={openNew}>
                {t('patients.new')}
              </Button>
            ) : null}
          </>
        }
      />
      <Tabs value={view.id} onChange={(value) => openView(value ?? undefined)} className={lists.tabs} keepMounted>
        <Tabs.List aria-label={t('patients.views')} className={lists.tabList}>
          {open.map((value) => (
            <Tabs.Tab key={value} value={value}>
              {t(`patients.view.${value}`)}
            </Tabs.Tab>
          ))}
          <SavedTabs views={view.saveds} />
        </Tabs.List>
        <div className={lists.card}>
          <div className={lists.tools}>
            <SearchBox ref={searchRef} label={t('patients.search')} value={typed} onType={setTyped} rows={listRef} autoComplete="off" className="ownDirection" />
            <TagFilter chosen={tags} onChange={(next) => go({ tags: next.length ? next : undefined }, true)} phone={!!phone} />
            {phone ? (
              <ActionIcon variant={conditions ? 'light' : 'default'} size={44} aria-label={filterLabel} onClick={() => setFiltering(true)}>
                <IconFilter size={18} stroke={1.7} />
              </ActionIcon>
            ) : (
              <Button variant={conditions ? 'light' : 'default'} leftSection={<IconFilter size={16} />} onClick={() => setFiltering(true)}>
                {filterLabel}
              </Button>
            )}
            {phone ? null : <span className={lists.spacer} />}
            <Suspense>
              <ViewMenu view={view} onOpen={openView} />
              {phone ? null : <ColumnsMenu fields={view.own} chosen={view.chosenColumns} onChoose={view.setColumns} />}
            </Suspense>
            {phone ? <SortMenu label={t('patients.sort')} sorts={phoneSorts} sort={sort} onSort={(next) => go({ sort: next }, true)} /> : null}
          </div>
          {[...open, ...view.saveds.map((saved) => saved.id)].map((value) => (
            <Tabs.Panel key={value} value={value}>
              {value === view.id ? body : null}
            </Tabs.Panel>
          ))}
        </div>
      </Tabs>
      <Suspense>
        {filtering ? (
          <FilterDrawer
            filter={view.filter}
            onClose={() => setFiltering(false)}
            onApply={(filter) => {
              setFiltering(false);
              view.setFilter(filter);
            }}
          />
        ) : null}
        {search.new && canWrite ? (
          <PatientDrawer
            onClose={() => go({ new: undefined })}
            onCreated={({ id }) => void navigate({ to: '/patients/$id', params: { id }, search: {}, state: { fromList: true }, replace: true })}
          />
        ) : null}
      </Suspense>
      <Peek />
    </div>
  );
}

/** Saved views after the built-in lists, each with how many patients it has. */
function SavedTabs({ views: saved }: { views: SavedView[] }) {
  const { t, lang } = useLang();
  const counts = useCounts(saved);
  return saved.map((view, i) => {
    const counted = counts[i];
    return (
      <Tabs.Tab key={view.id} value={view.id}>
        <bdi>{view.name}</bdi>{' '}
        {view.shared ? <IconUsersGroup size={15} stroke={1.8} className={classes.shared} role="img" aria-label={t('views.isShared')} /> : null}{' '}
        {counted ? <span className={`${classes.count} tnum`}>{`${formatNumber(lang, counted.count)}${counted.more ? '+' : ''}`}</span> : null}
      </Tabs.Tab>
    );
  });
}

type NothingProps = { view: string; searching: boolean; onClear: () => void; onNew: (() => void) | undefined };

function Nothing({ view, searching, onClear, onNew }: NothingProps) {
  const { t } = useLang();
  if (searching) {
    return (
      <Empty
        icon={<IconSearch size={26} stroke={1.6} />}
        title={t('patients.empty.search')}
        text={t('patients.empty.searchText')}
        action={
          <Button variant="light" mt="xs" onClick={onClear}>
            {t('patients.empty.clear')}
          </Button>
        }
      />
    );
  }
  const icon = <IconUsers size={26} stroke={1.6} />;
  if (view === 'deleted') return <Empty icon={icon} title={t('patients.empty.deleted')} text={t('patients.empty.deletedText')} />;
  const first = view === 'active' || view === 'all';
  return (
    <Empty
      icon={icon}
      title={t(first ? 'patients.empty.first' : 'patients.empty.view')}
      text={t(first ? 'patients.empty.firstText' : 'patients.empty.viewText')}
      action={
        onNew ? (
          <Button mt="xs" leftSection={<IconPlus size={16} />} onClick={onNew}>
            {t('patients.new')}
          </Button>
        ) : undefined
      }
    />
  );
}
