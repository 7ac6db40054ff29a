import { Badge, Button, Menu, Select, Tabs } from '@mantine/core';
import { IconCalendarOff, IconPencil, IconPlus, IconTrash } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { useCan, useSession } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { todayIn } from '@/shared/i18n/format';
import { DataList } from '@/shared/ui/DataList';
import { Gate } from '@/shared/ui/Gate';
import list from '@/shared/ui/List.module.css';
import page from '@/shared/ui/ListPage.module.css';
import { More } from '@/shared/ui/More';
import { Empty, Failed, PageHeader } from '@/shared/ui/Page';
import { useShortcuts } from '@/shared/ui/shortcuts';
import { useOwners } from '../hours/useOwners';
import { type Absence, absencesQuery } from './api';
import { whenOf } from './draft';
import type { AbsencesSearch } from './search';
import { useMayWrite } from './useMayWrite';
import { useRemove } from './useRemove';

const AbsenceDrawer = lazy(() => import('./AbsenceDrawer').then((m) => ({ default: m.AbsenceDrawer })));
const route = getRouteApi('/inside/settings/absences');

export function AbsencesPage() {
  return (
    <Gate title="absences.title" needs="hours.read">
      <Absences />
    </Gate>
  );
}

function Absences() {
  const { t, lang } = useLang();
  const { practice } = useSession();
  const can = useCan();
  const mayEnter = can('hours.write') || can('hours.write_own');
  const mayWrite = useMayWrite();
  const remove = useRemove();
  const owners = useOwners();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const today = todayIn(practice.timeZone, new Date());
  const past = !!search.past;
  const found = useInfiniteQuery(absencesQuery({ past, today, owner: search.owner }));
  const rows = found.data?.pages.flatMap((one) => one.items).filter((a) => !past || a.to <= `${today}T23:59`);
  const go = (next: Partial<AbsencesSearch>) => void navigate({ search: (now) => ({ ...now, ...next }) });
  const open = (absence: Absence) => go({ open: absence.id });
  const openNew = () => go({ new: true });
  useShortcuts(mayEnter ? [{ key: 'n', label: 'absences.new', run: openNew }] : []);

  const add = mayEnter ? (
    <Button leftSection={<IconPlus size={16} />} onClick={openNew}>
      {t('absences.new')}
    </Button>
  ) : null;
  const kind = (a: Absence) => (
    <Badge radius="sm" className={list.badge}>
      {t(`absences.kind.${a.kind}`)}
    </Badge>
  );
  const body =
    found.isError && !rows ? (
      <Failed error={found.error} retry={() => void found.refetch()} />
    ) : rows?.length === 0 && !found.hasNextPage ? (
      <Empty
        icon={<IconCalendarOff size={26} stroke={1.6} />}
        title={t(past ? 'absences.emptyPast' : 'absences.empty')}
        text={t('absences.emptyText')}
        action={past ? undefined : add}
      />
    ) : (
      <div className={found.isPlaceholderData ? page.fading : undefined}>
        <DataList
          rows={rows}
          keyOf={(a) => a.id}
          label={t('absences.title')}
          nameLabel={t('absences.owner')}
          nameOf={(a) => ({ name: owners.nameOf(a.owner) })}
          columns={[
            { label: t('absences.kind'), cell: kind },
            { label: t('absences.when'), cell: (a) => <span className="tnum">{whenOf(lang, a.from, a.to)}</span> },
            { label: t('absences.note'), cell: (a) => (a.note ? <bdi>{a.note}</bdi> : undefined) },
          ]}
          details={(a) => `${t(`absences.kind.${a.kind}`)} · ${whenOf(lang, a.from, a.to)}`}
          onOpen={open}
          menu={(a) =>
            mayWrite(a.owner) ? (
              <>
                <Menu.Item leftSection={<IconPencil size={16} />} onClick={() => open(a)}>
                  {t('action.edit')}
                </Menu.Item>
                <Menu.Item leftSection={<IconTrash size={16} />} onClick={() => remove(a)}>
                  {t('action.remove')}
                </Menu.Item>
              </>
            ) : null
          }
        />
        <More list={found} />
      </div>
    );

  return (
    <div className={page.page}>
      <PageHeader title={t('absences.title')} sub={t('absences.sub')} actions={add} />
      <Tabs value={past ? 'past' : 'coming'} onChange={(value) => go({ past: value === 'past' || undefined })} className={page.tabs} keepMounted>
        <Tabs.List aria-label={t('list.views')} className={page.tabList}>
          <Tabs.Tab value="coming">{t('absences.coming')}</Tabs.Tab>
          <Tabs.Tab value="past">{t('absences.past')}</Tabs.Tab>
        </Tabs.List>
        <div className={page.card}>
          <div className={page.tools}>
            <Select
              aria-label={t('absences.owner')}
              placeholder={t('absences.everybody')}
              className={page.searchInput}
              data={owners.options}
              value={search.owner ?? null}
              onChange={(owner) => go({ owner: owner ?? undefined })}
              searchable
              clearable
              nothingFoundMessage={t('search.nothing')}
            />
          </div>
          {(['coming', 'past'] as const).map((value) => (
            <Tabs.Panel key={value} value={value}>
              {(value === 'past') === past ? body : null}
            </Tabs.Panel>
          ))}
        </div>
      </Tabs>
      <Suspense>
        {search.open ? (
          <AbsenceDrawer id={search.open} listed={rows?.find((a) => a.id === search.open)} owner={null} today={today} onClose={() => go({ open: undefined })} />
        ) : search.new && mayEnter ? (
          <AbsenceDrawer owner={search.owner ?? null} today={today} onClose={() => go({ new: undefined })} />
        ) : null}
      </Suspense>
    </div>
  );
}
