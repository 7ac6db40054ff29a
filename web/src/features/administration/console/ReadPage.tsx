import { Alert, Skeleton, Title } from '@mantine/core';
import { IconArrowLeft, IconLock } from '@tabler/icons-react';
import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { hasCode } from '@/shared/api/problem';
import { useLang } from '@/shared/i18n';
import { DataList } from '@/shared/ui/DataList';
import { More } from '@/shared/ui/More';
import { Empty, Failed, usePageTitle } from '@/shared/ui/Page';
import { SideDrawer } from '@/shared/ui/SideDrawer';
import { adminSessionQuery, type OpenAccess } from './api';
import classes from './ConsolePage.module.css';
import { Facts } from './Facts';
import { type Fields, flatten, nameOf, readingQuery, type Resource, resources } from './reading';

const route = getRouteApi('/platform/practices/$id/read');

/** Looking into a practice under an access. What is opened here is an entry of the practice's ledger. */
export function ReadPage() {
  const { t } = useLang();
  usePageTitle(t('console.read.title'));
  const { id } = route.useParams();
  const session = useQuery(adminSessionQuery).data;
  const access = session?.supportAccess.find((open) => open.practice.id === id);
  const had = useRef(false);
  if (access) had.current = true;
  return (
    <>
      <Link to="/platform/practices/$id" params={{ id }} className={classes.backLink}>
        <IconArrowLeft size={16} className={classes.mirrored} aria-hidden />
        {t('console.practice')}
      </Link>
      {access ? (
        <Reader key={access.id} access={access} />
      ) : (
        <Empty
          icon={<IconLock size={26} stroke={1.6} />}
          title={t(had.current ? 'console.read.over' : 'console.read.none')}
          text={t(had.current ? 'console.read.overText' : 'console.read.noneText')}
        />
      )}
    </>
  );
}

function Reader({ access }: { access: OpenAccess }) {
  const { t } = useLang();
  const { what } = route.useSearch();
  return (
    <>
      <Title order={1} mb={4}>
        <bdi>{access.practice.name}</bdi>
      </Title>
      <Alert color="yellow" variant="light" py="xs" mb="md">
        {t('console.read.lead')}
      </Alert>
      <nav className={classes.whats} aria-label={t('console.read.what')}>
        {(Object.keys(resources) as Resource[]).map((resource) => (
          <Link key={resource} to="." search={{ what: resource }} className={classes.what} data-on={resource === what || undefined} aria-current={resource === what || undefined} preload={false}>
            {t(`console.read.${resource}`)}
          </Link>
        ))}
      </nav>
      {what ? <Records key={what} access={access} resource={what} /> : <Empty icon={<IconLock size={26} stroke={1.6} />} title={t('console.read.choose')} text={t('console.read.chooseText')} />}
    </>
  );
}

function Records({ access, resource }: { access: OpenAccess; resource: Resource }) {
  const { t } = useLang();
  const client = useQueryClient();
  const [open, setOpen] = useState<Fields>();
  const list = useInfiniteQuery(readingQuery(access, resource));
  const ended = hasCode(list.error, 'support_access.ended');
  useEffect(() => {
    // its time is over, or the practice has ended it
    if (ended) void client.invalidateQueries({ queryKey: adminSessionQuery.queryKey });
  }, [ended, client]);
  if (list.isError && !list.data) return <Failed error={list.error} retry={() => void list.refetch()} />;
  if (!list.data) return <Skeleton h={240} aria-busy />;
  const records = list.data.pages.flatMap((page) => page.records);
  if (list.data.pages[0]?.whole) return <Whole record={records[0] ?? {}} />;
  if (records.length === 0) return <Empty icon={<IconLock size={26} stroke={1.6} />} title={t('console.read.empty')} text={t('console.read.emptyText')} />;
  const { columns } = resources[resource];
  const value = (record: Fields, field: string) => flatten(record[field]).map(([, text]) => text).join(', ');
  return (
    <>
      <div className={classes.table}>
        <DataList
          rows={records}
          keyOf={(record) => String(record.id ?? JSON.stringify(record))}
          label={t(`console.read.${resource}`)}
          nameLabel={t('console.read.record')}
          nameOf={(record) => ({ name: nameOf(record), other: typeof record.nameAr === 'string' ? record.nameAr : undefined })}
          columns={columns.map((field) => ({ label: field, cell: (record: Fields) => <bdi>{value(record, field)}</bdi> }))}
          details={(record) => columns.map((field) => value(record, field)).filter(Boolean).join(' · ')}
          onOpen={setOpen}
        />
      </div>
      <More list={list} below />
      {open ? (
        <SideDrawer title={<bdi>{nameOf(open)}</bdi>} onClose={() => setOpen(undefined)}>
          <Whole record={open} />
        </SideDrawer>
      ) : null}
    </>
  );
}

/** Every field of a record, under the name that the product's API gives it. */
function Whole({ record }: { record: Fields }) {
  return <Facts facts={flatten(record).map(([name, value]) => ({ label: <bdi className="ltr">{name}</bdi>, value: value ? <bdi>{value}</bdi> : null }))} />;
}
