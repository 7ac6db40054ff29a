import { Button, Menu, Skeleton } from '@mantine/core';
import { IconArchive, IconArchiveOff, IconClockHour4, IconMapPin, IconPencil, IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { useCan, useSession } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { timeZoneName } from '@/shared/i18n/format';
import { DataList } from '@/shared/ui/DataList';
import { Gate } from '@/shared/ui/Gate';
import page from '@/shared/ui/ListPage.module.css';
import { Empty, Failed, PageHeader } from '@/shared/ui/Page';
import { useShortcuts } from '@/shared/ui/shortcuts';
import { StatusTabs } from '@/shared/ui/StatusTabs';
import { addressLine } from '@/shared/forms/address';
import { localName, otherName } from '@/shared/names';
import { type ListSearch } from '../search';
import { type Location, locations } from './api';
import { useLocationShelf } from './useLocationShelf';

const LocationDrawer = lazy(() => import('./LocationDrawer').then((m) => ({ default: m.LocationDrawer })));
const route = getRouteApi('/inside/settings/locations');

export function LocationsPage() {
  return (
    <Gate title="locations.title" needs="practice.read">
      <Locations />
    </Gate>
  );
}

function Locations() {
  const { t, lang } = useLang();
  const { practice } = useSession();
  const can = useCan();
  const canWrite = can('practice.write');
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const leave = useNavigate();
  const list = useQuery(locations.listQuery);
  const { archive, restore } = useLocationShelf();
  const { shelf = 'active' } = search;
  const rows = list.data?.filter((l) => !!l.archivedAt === (shelf === 'archived'));
  const go = (next: Partial<ListSearch>) => void navigate({ search: (now) => ({ ...now, ...next }) });
  const open = (location: Location) => go({ open: location.id });
  const openNew = () => go({ new: true });
  useShortcuts(canWrite ? [{ key: 'n', label: 'locations.new', run: openNew }] : []);

  const add = canWrite ? (
    <Button leftSection={<IconPlus size={16} />} onClick={openNew}>
      {t('locations.new')}
    </Button>
  ) : null;
  const body =
    list.isError && !rows ? (
      <Failed error={list.error} retry={() => void list.refetch()} />
    ) : rows?.length === 0 ? (
      <Empty
        icon={<IconMapPin size={26} stroke={1.6} />}
        title={t(shelf === 'archived' ? 'list.nothingArchived' : 'locations.empty')}
        text={t(shelf === 'archived' ? 'locations.emptyArchived' : 'locations.emptyText')}
        action={shelf === 'active' ? add : undefined}
      />
    ) : (
      <DataList
        rows={rows}
        keyOf={(l) => l.id}
        label={t('locations.title')}
        nameLabel={t('locations.one')}
        nameOf={(l) => ({ name: localName(l, lang), other: otherName(l, lang) })}
        columns={[
          { label: t('field.address'), cell: (l) => (l.address ? <bdi>{addressLine(lang, l.address, practice.country)}</bdi> : undefined) },
          { label: t('field.phone'), cell: (l) => (l.phone ? <bdi className="ltr">{l.phone}</bdi> : undefined) },
          { label: t('identity.timeZone'), cell: (l) => (l.timeZone ? timeZoneName(lang, l.timeZone) : undefined) },
        ]}
        details={(l) => (l.address ? addressLine(lang, l.address, practice.country) : t('locations.noAddress'))}
        onOpen={open}
        menu={(l) => (
          <>
            {canWrite ? (
              <Menu.Item leftSection={<IconPencil size={16} />} onClick={() => open(l)}>
                {t('action.edit')}
              </Menu.Item>
            ) : null}
            {can('hours.read') && !l.archivedAt ? (
              <Menu.Item leftSection={<IconClockHour4 size={16} />} onClick={() => void leave({ to: '/settings/hours', search: { owner: `location:${l.id}` } })}>
                {t('nav.hours')}
              </Menu.Item>
            ) : null}
            {canWrite ? (
              <Menu.Item leftSection={l.archivedAt ? <IconArchiveOff size={16} /> : <IconArchive size={16} />} onClick={() => (l.archivedAt ? restore : archive)(l)}>
                {t(l.archivedAt ? 'action.restore' : 'action.archive')}
              </Menu.Item>
            ) : null}
          </>
        )}
      />
    );

  return (
    <div className={page.page}>
      <PageHeader title={t('locations.title')} sub={rows ? t('locations.count', { count: rows.length }) : <Skeleton h={14} w={90} mt={4} />} actions={add} />
      <StatusTabs value={shelf} label={t('list.views')} onChange={(next) => go({ shelf: next === 'active' ? undefined : next })}>
        {body}
      </StatusTabs>
      <Suspense>
        {search.open ? (
          <LocationDrawer id={search.open} listed={list.data?.find((l) => l.id === search.open)} onClose={() => go({ open: undefined })} />
        ) : search.new && canWrite ? (
          <LocationDrawer onClose={() => go({ new: undefined })} />
        ) : null}
      </Suspense>
    </div>
  );
}
