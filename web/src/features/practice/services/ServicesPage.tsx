import { Button, Skeleton, Tabs } from '@mantine/core';
import { useDebouncedCallback, useMediaQuery } from '@mantine/hooks';
import { IconLock, IconPlus, IconSearch, IconStethoscope } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useRef, useState } from 'react';
import { useCan } from '@/shared/auth/session';
import { type MessageId, useLang } from '@/shared/i18n';
import { More } from '@/shared/ui/More';
import { Empty, Failed, PageHeader, usePageTitle } from '@/shared/ui/Page';
import { PHONE } from '@/shared/ui/phone';
import { SearchBox } from '@/shared/ui/SearchBox';
import { useShortcuts } from '@/shared/ui/shortcuts';
import { SortMenu } from '@/shared/ui/SortMenu';
import { type Service, serviceListQuery } from './api';
import { type ServicesSearch, type Sort, type Status, statuses } from './search';
import { ServiceCards } from './ServiceCards';
import classes from '@/shared/ui/ListPage.module.css';
import { ServiceTable } from './ServiceTable';

const ServiceDrawer = lazy(() => import('./ServiceDrawer').then((m) => ({ default: m.ServiceDrawer })));
const route = getRouteApi('/inside/settings/services');
const TYPING_MS = 200;


const phoneSorts: Partial<Record<Sort, MessageId>> = {
  name: 'services.sort.name',
  price: 'services.sort.price',
  '-price': 'services.sort.priceDown',
  duration: 'services.sort.duration',
  '-updatedAt': 'services.sort.updated',
};

export function ServicesPage() {
  const { t } = useLang();
  usePageTitle(t('services.title'));
  if (useCan()('services.read')) return <Services />;
  return (
    <>
      <PageHeader title={t('services.title')} />
      <Empty icon={<IconLock size={26} stroke={1.6} />} title={t('forbidden.title')} text={t('forbidden.text')} />
    </>
  );
}

function Services() {
  const { t } = useLang();
  const canWrite = useCan()('services.write');
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { status = 'active', sort = 'name', q } = search;
  const list = useInfiniteQuery(serviceListQuery({ status, sort, ...(q ? { q } : {}) }));
  const phone = useMediaQuery(PHONE, matchMedia(PHONE).matches, { getInitialValueInEffect: false });
  const [text, setText] = useState(q ?? '');
  const searchRef = useRef<HTMLInputElement>(null);
  const listRef = useRef<HTMLDivElement>(null);

  const go = (next: Partial<ServicesSearch>, replace = false) => void navigate({ search: (now) => ({ ...now, ...next }), replace });
  const pushText = useDebouncedCallback((value: string) => go({ q: value.trim() || undefined }, true), TYPING_MS);
  const type = (value: string) => {
    setText(value);
    pushText(value);
  };
  // the back button and links change the search without typing
  useEffect(() => setText((now) => (now.trim() === (q ?? '') ? now : (q ?? ''))), [q]);

  const items = list.data?.pages.flatMap((page) => page.items);
  const open = (service: Service) => go({ service: service.id });
  const openNew = () => go({ new: true });
  const categories = [...new Set(items?.map((s) => s.category).filter((c): c is string => !!c))].sort();

  useShortcuts([
    ...(canWrite ? [{ key: 'n', label: 'services.new' as const, run: openNew }] : []),
    { key: 'f', label: 'services.search', run: () => searchRef.current?.focus() },
    { key: 'ArrowDown', label: 'shortcut.rows', shown: ['↑', '↓'] },
    { key: 'Enter', label: 'shortcut.open', shown: ['Enter'] },
  ]);

  const newButton = canWrite ? (
    <Button leftSection={<IconPlus size={16} />} onClick={openNew}>
      {t('services.new')}
    </Button>
  ) : null;

  const body = list.isError && !items ? (
    <Failed error={list.error} retry={() => void list.refetch()} />
  ) : items?.length === 0 ? (
    <Nothing status={status} searching={!!q} onClear={() => type('')} onNew={canWrite ? openNew : undefined} />
  ) : (
    <div ref={listRef} className={list.isPlaceholderData ? classes.fading : undefined}>
      {phone ? (
        <ServiceCards items={items} onOpen={open} />
      ) : (
        <ServiceTable items={items} sort={sort} onSort={(next) => go({ sort: next }, true)} onOpen={open} canWrite={canWrite} />
      )}
      <More list={list} />
    </div>
  );

  return (
    <div className={classes.page}>
      <PageHeader
        title={t('services.title')}
        sub={
          items ? (
            t(list.hasNextPage ? 'services.countMore' : 'services.count', { count: items.length })
          ) : (
            <Skeleton h={14} w={90} mt={4} />
          )
        }
        actions={newButton}
      />
      <Tabs value={status} onChange={(value) => go({ status: (value as Status) ?? undefined })} className={classes.tabs} keepMounted>
        <Tabs.List aria-label={t('services.views')} className={classes.tabList}>
          {statuses.map((value) => (
            <Tabs.Tab key={value} value={value}>
              {t(`services.status.${value}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <div className={classes.card}>
          <div className={classes.tools}>
            <SearchBox ref={searchRef} label={t('services.search')} value={text} onType={type} rows={listRef} />
            {phone ? <SortMenu label={t('services.sort')} sorts={phoneSorts} sort={sort} onSort={(next) => go({ sort: next }, true)} /> : null}
          </div>
          {statuses.map((value) => (
            <Tabs.Panel key={value} value={value}>
              {value === status ? body : null}
            </Tabs.Panel>
          ))}
        </div>
      </Tabs>
      <Suspense>
        {search.service ? (
          <ServiceDrawer
            id={search.service}
            listed={items?.find((s) => s.id === search.service)}
            categories={categories}
            onClose={() => go({ service: undefined })}
          />
        ) : search.new && canWrite ? (
          <ServiceDrawer categories={categories} onClose={() => go({ new: undefined })} />
        ) : null}
      </Suspense>
    </div>
  );
}

type NothingProps = { status: Status; searching: boolean; onClear: () => void; onNew: (() => void) | undefined };

function Nothing({ status, searching, onClear, onNew }: NothingProps) {
  const { t } = useLang();
  const icon = searching ? <IconSearch size={26} stroke={1.6} /> : <IconStethoscope size={26} stroke={1.6} />;
  if (searching) {
    return (
      <Empty
        icon={icon}
        title={t('services.empty.search')}
        text={t('services.empty.searchText')}
        action={
          <Button variant="light" mt="xs" onClick={onClear}>
            {t('list.clear')}
          </Button>
        }
      />
    );
  }
  if (status === 'archived') return <Empty icon={icon} title={t('services.empty.archived')} text={t('services.empty.archivedText')} />;
  return (
    <Empty
      icon={icon}
      title={t('services.empty.first')}
      text={t('services.empty.firstText')}
      action={
        onNew ? (
          <Button mt="xs" leftSection={<IconPlus size={16} />} onClick={onNew}>
            {t('services.new')}
          </Button>
        ) : undefined
      }
    />
  );
}
