import { Button, Menu, Skeleton, Title } from '@mantine/core';
import { IconCalendarOff, IconClockHour4, IconPencil, IconPlus, IconUserHeart } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { useCan, useSession } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { DataList } from '@/shared/ui/DataList';
import { Gate } from '@/shared/ui/Gate';
import page from '@/shared/ui/ListPage.module.css';
import { Empty, Failed, PageHeader } from '@/shared/ui/Page';
import { ColourDot } from '@/shared/ui/ColourField';
import { locations } from '../locations/api';
import { localName } from '@/shared/names';
import { peopleQuery, type Person } from '../people';
import { type Provider, providersQuery } from './api';
import classes from './ProvidersPage.module.css';
import { titled } from './titled';

const ProviderDrawer = lazy(() => import('./ProviderDrawer').then((m) => ({ default: m.ProviderDrawer })));
const route = getRouteApi('/inside/settings/providers');

type Row = { person: Person; provider: Provider };

export function ProvidersPage() {
  return (
    <Gate title="providers.title" needs="practice.read">
      <Providers />
    </Gate>
  );
}

function Providers() {
  const { t, lang } = useLang();
  const { user } = useSession();
  const can = useCan();
  const canWrite = can('practice.write');
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const leave = useNavigate();
  const people = useQuery(peopleQuery);
  const list = useQuery(providersQuery);
  const sites = useQuery(locations.listQuery);
  const open = (id: string | undefined) => void navigate({ search: id ? { open: id } : {} });

  const error = people.error ?? list.error;
  const loaded = people.data && list.data ? { people: people.data, list: list.data } : undefined;
  const rows = loaded?.list.flatMap((provider): Row[] => {
    const person = loaded.people.find((p) => p.id === provider.id);
    return person ? [{ person, provider }] : [];
  });
  const others = loaded?.people.filter((p) => p.status === 'active' && !loaded.list.some((provider) => provider.id === p.id));
  const placesOf = ({ provider }: Row) =>
    provider.locationIds
      .map((id) => sites.data?.find((l) => l.id === id))
      .filter((l) => l !== undefined)
      .map((l) => localName(l, lang))
      .join(lang === 'ar' ? '، ' : ', ');
  const mayPlan = ({ person }: Row) => can('hours.write') || (can('hours.write_own') && person.id === user.id);
  const opened = people.data?.find((p) => p.id === search.open);

  return (
    <div className={page.page}>
      <PageHeader title={t('providers.title')} sub={rows ? t('providers.count', { count: rows.length }) : <Skeleton h={14} w={90} mt={4} />} />
      <div className={page.tabs}>
        <div className={page.card}>
          {error && !loaded ? (
            <Failed error={error} retry={() => void Promise.all([people.refetch(), list.refetch()])} />
          ) : rows?.length === 0 ? (
            <Empty icon={<IconUserHeart size={26} stroke={1.6} />} title={t('providers.empty')} text={t(canWrite ? 'providers.emptyText' : 'providers.emptyOnly')} />
          ) : (
            <DataList
              rows={rows}
              keyOf={({ person }) => person.id}
              label={t('providers.title')}
              nameLabel={t('providers.one')}
              nameOf={({ person, provider }) => ({ name: titled(person.name, provider, lang), other: provider.specialty ?? undefined })}
              lead={({ provider }) => <ColourDot colour={provider.colour} />}
              badge={({ provider }) => (provider.bookable ? undefined : t('providers.notBookable'))}
              columns={[
                { label: t('user.role'), cell: ({ person }) => t(`role.${person.role}`) },
                { label: t('locations.title'), cell: (row) => placesOf(row) || undefined },
                { label: t('services.title'), cell: ({ provider }) => (provider.serviceIds ? t('services.count', { count: provider.serviceIds.length }) : t('providers.everything')) },
                { label: t('providers.licenceShort'), cell: ({ provider }) => (provider.licenceNumber ? <bdi className="ltr">{provider.licenceNumber}</bdi> : undefined) },
              ]}
              details={({ person, provider }) => [provider.specialty, t(`role.${person.role}`)].filter(Boolean).join(' · ')}
              onOpen={({ person }) => open(person.id)}
              menu={(row) => (
                <>
                  <Menu.Item leftSection={<IconPencil size={16} />} onClick={() => open(row.person.id)}>
                    {t(canWrite ? 'action.edit' : 'action.look')}
                  </Menu.Item>
                  {can('hours.read') ? (
                    <Menu.Item leftSection={<IconClockHour4 size={16} />} onClick={() => void leave({ to: '/settings/hours', search: { owner: `provider:${row.person.id}` } })}>
                      {t('nav.hours')}
                    </Menu.Item>
                  ) : null}
                  {mayPlan(row) ? (
                    <Menu.Item leftSection={<IconCalendarOff size={16} />} onClick={() => void leave({ to: '/settings/absences', search: { owner: `provider:${row.person.id}` } })}>
                      {t('nav.absences')}
                    </Menu.Item>
                  ) : null}
                </>
              )}
            />
          )}
        </div>
        {canWrite && others?.length ? (
          <section className={page.card} aria-labelledby="others">
            <Title order={2} id="others" className={classes.title}>
              {t('providers.others')}
            </Title>
            <ul className={classes.others}>
              {others.map((person) => (
                <li key={person.id}>
                  <span className={classes.who}>
                    <b>
                      <bdi>{person.name}</bdi>
                    </b>
                    <span>{t(`role.${person.role}`)}</span>
                  </span>
                  <Button
                    size="xs"
                    variant="default"
                    leftSection={<IconPlus size={14} />}
                    onClick={() => open(person.id)}
                    aria-label={t('providers.addOne', { name: person.name })}
                  >
                    {t('providers.add')}
                  </Button>
                </li>
              ))}
            </ul>
          </section>
        ) : null}
      </div>
      <Suspense>{opened ? <ProviderDrawer person={opened} onClose={() => open(undefined)} /> : null}</Suspense>
    </div>
  );
}
