import { Button, Skeleton, Title } from '@mantine/core';
import { IconArmchair, IconMapPin, IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { useCan } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { DataList } from '@/shared/ui/DataList';
import { Gate } from '@/shared/ui/Gate';
import page from '@/shared/ui/ListPage.module.css';
import { Empty, Failed, PageHeader } from '@/shared/ui/Page';
import { useShortcuts } from '@/shared/ui/shortcuts';
import { StatusTabs } from '@/shared/ui/StatusTabs';
import { ColourDot } from '@/shared/ui/ColourField';
import { locations } from '../locations/api';
import { localName, otherName } from '@/shared/names';
import type { ListSearch } from '../search';
import { type Room, rooms } from './api';
import { RoomRows } from './RoomRows';
import classes from './RoomsPage.module.css';

const RoomDrawer = lazy(() => import('./RoomDrawer').then((m) => ({ default: m.RoomDrawer })));
const route = getRouteApi('/inside/settings/rooms');

export function RoomsPage() {
  return (
    <Gate title="rooms.title" needs="rooms.read">
      <Rooms />
    </Gate>
  );
}

function Rooms() {
  const { t, lang } = useLang();
  const can = useCan();
  const canWrite = can('rooms.write');
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const list = useQuery(rooms.listQuery);
  const sites = useQuery(locations.listQuery);
  const { shelf = 'active' } = search;
  const go = (next: Partial<ListSearch>) => void navigate({ search: (now) => ({ ...now, ...next }) });
  const open = (room: Room) => go({ open: room.id });
  const openNew = (at?: string) => go({ new: true, at });

  const active = sites.data?.filter((l) => !l.archivedAt);
  const loaded = list.data && active ? { rooms: list.data, sites: active } : undefined;
  const here = list.data?.filter((r) => !!r.archivedAt === (shelf === 'archived'));
  const ready = canWrite && !!active?.length;
  useShortcuts(ready ? [{ key: 'n', label: 'rooms.new', run: () => openNew() }] : []);

  const error = list.error ?? sites.error;
  const body =
    error && !loaded ? (
      <Failed error={error} retry={() => void Promise.all([list.refetch(), sites.refetch()])} />
    ) : !loaded ? (
      <Skeleton h={220} radius={0} />
    ) : shelf === 'archived' ? (
      here?.length ? (
        <DataList
          rows={here}
          keyOf={(r) => r.id}
          label={t('rooms.title')}
          nameLabel={t('rooms.one')}
          nameOf={(r) => ({ name: localName(r, lang), other: otherName(r, lang) })}
          lead={(r) => <ColourDot colour={r.colour} />}
          columns={[{ label: t('rooms.kind'), cell: (r) => t(`rooms.kind.${r.kind}`) }]}
          details={(r) => t(`rooms.kind.${r.kind}`)}
          onOpen={open}
        />
      ) : (
        <Empty icon={<IconArmchair size={26} stroke={1.6} />} title={t('list.nothingArchived')} text={t('rooms.emptyArchived')} />
      )
    ) : loaded.sites.length === 0 ? (
      <Empty
        icon={<IconMapPin size={26} stroke={1.6} />}
        title={t('rooms.noLocation')}
        text={t('rooms.noLocationText')}
        action={
          can('practice.write') ? (
            <Button renderRoot={(props) => <Link to="/settings/locations" search={{ new: true }} {...props} />} mt="xs" leftSection={<IconPlus size={16} />}>
              {t('locations.new')}
            </Button>
          ) : undefined
        }
      />
    ) : (
      loaded.sites.map((site) => {
        const own = loaded.rooms.filter((r) => r.locationId === site.id && !r.archivedAt);
        const name = localName(site, lang);
        return (
          <section key={site.id} className={classes.site} aria-labelledby={`site-${site.id}`}>
            <div className={classes.siteHead}>
              <Title order={2} id={`site-${site.id}`} className={classes.siteName}>
                <bdi>{name}</bdi>
              </Title>
              <span className={classes.count}>{t('rooms.count', { count: own.length })}</span>
              {canWrite ? (
                <Button variant="subtle" size="xs" leftSection={<IconPlus size={14} />} onClick={() => openNew(site.id)} aria-label={t('rooms.addAt', { name })}>
                  {t('action.add')}
                </Button>
              ) : null}
            </div>
            {own.length ? <RoomRows rooms={own} label={name} canWrite={canWrite} onOpen={open} /> : <p className={classes.none}>{t('rooms.noneHere')}</p>}
          </section>
        );
      })
    );

  return (
    <div className={page.page}>
      <PageHeader
        title={t('rooms.title')}
        sub={here ? t('rooms.count', { count: here.length }) : <Skeleton h={14} w={90} mt={4} />}
        actions={
          ready ? (
            <Button leftSection={<IconPlus size={16} />} onClick={() => openNew()}>
              {t('rooms.new')}
            </Button>
          ) : null
        }
      />
      <StatusTabs value={shelf} label={t('list.views')} onChange={(next) => go({ shelf: next === 'active' ? undefined : next })}>
        {body}
      </StatusTabs>
      <Suspense>
        {search.open && active ? (
          <RoomDrawer id={search.open} listed={list.data?.find((r) => r.id === search.open)} locations={active} onClose={() => go({ open: undefined })} />
        ) : search.new && ready ? (
          <RoomDrawer at={search.at} locations={active} onClose={() => go({ new: undefined, at: undefined })} />
        ) : null}
      </Suspense>
    </div>
  );
}
