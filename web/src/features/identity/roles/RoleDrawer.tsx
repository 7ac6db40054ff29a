import { Button, Select, Text, TextInput } from '@mantine/core';
import { IconArchive } from '@tabler/icons-react';
import { useState } from 'react';
import { useCan, useSession } from '@/shared/auth/session';
import { RecordDrawer } from '@/shared/forms/RecordDrawer';
import { differing } from '@/shared/forms/merge';
import { type Labels, useFields } from '@/shared/forms/useFields';
import { useRecordForm } from '@/shared/forms/useRecordForm';
import { useSendKey } from '@/shared/forms/useSubmit';
import { useLang } from '@/shared/i18n';
import { toast } from '@/shared/ui/toast';
import { difference, type PermissionName, usePermissionWords } from '../permissions';
import { ArchiveRole } from './ArchiveRole';
import { type OwnRole, type Role, type Roles, useChangeRole, useCreateRole } from './api';
import { allRoles, beyond, choosable, copyOf, draftOf, issuesOf, type RoleDraft } from './draft';
import { RightsField } from './RightsField';
import classes from './Roles.module.css';
import { useRoleName } from './useRoleName';

const LABELS: Labels<RoleDraft> = { name: 'roles.name', basedOn: 'roles.basedOn', permissions: 'roles.permissions' };

type Props = { table: Roles; loaded?: OwnRole | undefined; from?: string | undefined; onClose: () => void };

/** One of the practice's own roles: what it is called and what it may. A new one begins as a copy of another. */
export function RoleDrawer({ table, loaded, from, onClose }: Props) {
  const { t } = useLang();
  const { permissions: mine } = useSession();
  const canWrite = useCan()('roles.write');
  const nameOf = useRoleName();
  const { sayAll } = usePermissionWords();
  const roles = allRoles(table);
  const all = choosable(table);
  const first = roles.find((role) => role.key === from);
  const [start, setStart] = useState(() => copyOf(first ?? { key: 'staff', basedOn: 'staff', permissions: [] }, first ? t('roles.copyName', { name: nameOf(first) }) : '', mine));
  const [copied, setCopied] = useState(from ?? null);
  const [archiving, setArchiving] = useState(false);
  const record = useRecordForm<OwnRole, RoleDraft>({ loaded, empty: start.draft, draftOf, issues: issuesOf });
  const { form } = record;
  const create = useCreateRole();
  const change = useChangeRole();
  const sendKey = useSendKey();
  const readOnly = !canWrite ? t('form.readOnly') : record.base && beyond(record.base, mine) ? t('roles.beyondMine') : undefined;
  const { bind, wasMine } = useFields(record, LABELS, !!readOnly, (field, value) => (field === 'permissions' ? sayAll(value as PermissionName[]) : String(value ?? '')));

  const startFrom = (key: string | null) => {
    const role = roles.find((r) => r.key === key);
    if (!role) return;
    const next = copyOf(role, form.values.name, mine);
    setCopied(key);
    setStart({ ...next, draft: { ...start.draft } });
    form.setValues(next.draft);
  };
  const save = async (draft: RoleDraft) => {
    const { basedOn, ...rest } = draft;
    const next = { ...rest, name: draft.name.trim() };
    if (record.base) {
      const before = draftOf(record.base);
      await change.mutateAsync({ id: record.base.id, body: { version: record.base.version, ...differing(next, before) } });
      toast.done(t('roles.saved'));
    } else {
      const body = { ...next, basedOn };
      await create.mutateAsync({ body, key: sendKey(body) });
      toast.done(t('roles.created'));
    }
    onClose();
  };

  if (archiving && record.base) return <ArchiveRole role={record.base} onBack={() => setArchiving(false)} onDone={onClose} />;
  const options = (own: boolean) => roles.filter((role) => !!role.own === own).map((role) => ({ value: role.key, label: nameOf(role) }));
  return (
    <RecordDrawer
      record={record}
      loaded={loaded}
      labels={LABELS}
      title={record.base ? <bdi>{record.base.name}</bdi> : t('roles.new')}
      name={t(record.base ? 'roles.permissions' : 'roles.new')}
      readOnly={readOnly}
      busy={create.isPending || change.isPending}
      save={save}
      create={t('roles.create')}
      aside={
        record.base ? (
          <Button variant="subtle" color="red" leftSection={<IconArchive size={16} />} onClick={() => setArchiving(true)}>
            {t('action.archive')}
          </Button>
        ) : undefined
      }
      onClose={onClose}
    >
      {record.base ? null : (
        <Select
          label={t('roles.from')}
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          description={start.leftOut ? t('roles.leftOut', { count: start.leftOut }) : t('roles.fromHint')}
          placeholder={t('roles.none')}
          data={[
            { group: t('staff.role.builtIn'), items: options(false) },
            ...(table.custom.length ? [{ group: t('staff.role.own'), items: options(true) }] : []),
          ]}
          value={copied}
          onChange={startFrom}
          allowDeselect={false}
        />
      )}
      <TextInput {...bind('name', t('roles.nameHint'))} maxLength={60} data-autofocus />
      <Select
        {...bind('basedOn', t('roles.basedOnHint'))}
        // the server keeps it as it was made
        disabled={!!record.base}
        allowDeselect={false}
        data={table.builtIn.filter(({ role }) => role !== 'owner').map(({ role }) => ({ value: role, label: t(`role.${role}`) }))}
        onChange={(next) => next && form.setFieldValue('basedOn', next as Role)}
      />
      <div role="group" aria-label={t('roles.permissions')}>
        <Text size="sm" fw={500} mb={8}>
          {t('roles.permissions')}
        </Text>
        {wasMine('permissions')}
        <RightsField all={all} mine={mine} value={form.values.permissions} onChange={(next) => form.setFieldValue('permissions', next)} disabled={!!readOnly} />
        {form.errors.permissions ? (
          <Text size="xs" c="red" role="alert">
            {form.errors.permissions}
          </Text>
        ) : null}
      </div>
      {record.base ? <Effect before={record.base} after={form.values.permissions} /> : null}
    </RecordDrawer>
  );
}

/** What saving would do, before it is done. */
function Effect({ before, after }: { before: OwnRole; after: readonly PermissionName[] }) {
  const { t } = useLang();
  const { sayAll } = usePermissionWords();
  const { added, removed } = difference(draftOf(before).permissions, after);
  if (!added.length && !removed.length) return null;
  return (
    <div className={classes.effect} role="status">
      <b>{t('roles.changes')}</b>
      {added.length ? <span>{t('roles.added', { rights: sayAll(added) })}</span> : null}
      {removed.length ? <span>{t('roles.removed', { rights: sayAll(removed) })}</span> : null}
      {before.members ? <span>{t('roles.applies', { count: before.members })}</span> : null}
    </div>
  );
}
