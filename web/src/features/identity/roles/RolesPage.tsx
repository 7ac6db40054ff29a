import { Button, Select, Skeleton } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { IconCopy, IconPencil, IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import { useCan } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { Gate } from '@/shared/ui/Gate';
import page from '@/shared/ui/ListPage.module.css';
import { Failed, PageHeader } from '@/shared/ui/Page';
import { PHONE } from '@/shared/ui/phone';
import { useShortcuts } from '@/shared/ui/shortcuts';
import { type Roles, rolesQuery } from './api';
import { allRoles, type AnyRole, choosable } from './draft';
import { Matrix } from './Matrix';
import { RightsList } from './RightsList';
import classes from './Roles.module.css';
import type { RolesSearch } from './search';
import { useRoleName } from './useRoleName';

const RoleDrawer = lazy(() => import('./RoleDrawer').then((m) => ({ default: m.RoleDrawer })));
const BuiltInDrawer = lazy(() => import('./BuiltInDrawer').then((m) => ({ default: m.BuiltInDrawer })));
const route = getRouteApi('/inside/settings/roles');

export function RolesPage() {
  return (
    <Gate title="roles.title" needs="roles.read">
      <Table />
    </Gate>
  );
}

function Table() {
  const { t } = useLang();
  const canWrite = useCan()('roles.write');
  const phone = useMediaQuery(PHONE, matchMedia(PHONE).matches, { getInitialValueInEffect: false });
  const list = useQuery(rolesQuery);
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const go = (next: RolesSearch) => void navigate({ search: next });
  const begin = (from?: AnyRole) => go({ new: true, from: from?.key });
  const ready = canWrite && !!list.data;
  useShortcuts(ready ? [{ key: 'n', label: 'roles.new', run: () => begin() }] : []);

  const roles = list.data ? allRoles(list.data) : [];
  const open = roles.find((role) => role.key === search.role);
  const show = (role: AnyRole) => go({ role: role.key });
  return (
    <div className={page.page}>
      <PageHeader
        title={t('roles.title')}
        sub={t('roles.sub')}
        actions={
          canWrite ? (
            <Button leftSection={<IconPlus size={16} />} disabled={!ready} onClick={() => begin()}>
              {t('roles.new')}
            </Button>
          ) : null
        }
      />
      <div className={page.tabs}>
        <div className={page.card}>
          {list.data ? (
            phone ? (
              <OneRole roles={roles} table={list.data} canWrite={canWrite} onOpen={show} onCopy={begin} />
            ) : (
              <Matrix roles={roles} all={choosable(list.data)} onOpen={show} />
            )
          ) : list.isError ? (
            <Failed error={list.error} retry={() => void list.refetch()} />
          ) : (
            <Skeleton h={420} radius={0} />
          )}
        </div>
      </div>
      <Suspense>
        {!list.data ? null : search.new && canWrite ? (
          <RoleDrawer key="new" table={list.data} from={search.from} onClose={() => go({})} />
        ) : open?.own ? (
          <RoleDrawer key={open.key} table={list.data} loaded={open.own} onClose={() => go({})} />
        ) : open ? (
          <BuiltInDrawer role={open} all={choosable(list.data)} onClose={() => go({})} onCopy={canWrite ? () => begin(open) : undefined} />
        ) : null}
      </Suspense>
    </div>
  );
}

type OneProps = { roles: readonly AnyRole[]; table: Roles; canWrite: boolean; onOpen: (role: AnyRole) => void; onCopy: (role: AnyRole) => void };

/** On a phone the table does not fit: one role at a time. */
function OneRole({ roles, table, canWrite, onOpen, onCopy }: OneProps) {
  const { t } = useLang();
  const nameOf = useRoleName();
  const [key, setKey] = useState(table.custom[0]?.id ?? 'owner');
  const role = roles.find((r) => r.key === key) ?? roles[0];
  if (!role) return null;
  const items = (own: boolean) => roles.filter((r) => !!r.own === own).map((r) => ({ value: r.key, label: nameOf(r) }));
  const groups = [
    { group: t('staff.role.own'), items: items(true) },
    { group: t('staff.role.builtIn'), items: items(false) },
  ];
  return (
    <div className={classes.one}>
      <Select label={t('roles.show')} data={groups.filter((g) => g.items.length)} value={role.key} onChange={(next) => next && setKey(next)} allowDeselect={false} />
      {canWrite ? (
        <div className={classes.oneActions}>
          {role.own ? (
            <Button variant="default" leftSection={<IconPencil size={16} />} onClick={() => onOpen(role)}>
              {t('action.edit')}
            </Button>
          ) : null}
          <Button variant="default" leftSection={<IconCopy size={16} />} onClick={() => onCopy(role)}>
            {t('roles.copy')}
          </Button>
        </div>
      ) : null}
      <RightsList all={choosable(table)} value={role.permissions} />
    </div>
  );
}
