import { Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Schemas } from '@/shared/api/problem';
import { useCan, useSession } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { rolesQuery } from '../roles/api';

type Role = Schemas['Role'];
const ROLES: Role[] = ['owner', 'admin', 'provider', 'hygienist', 'assistant', 'receptionist', 'accountant', 'staff'];
const OWN = 'own:';

/** A role of the table, or one of the practice's own by its id. */
export const valueOf = (who: { role: Role; customRole: { id: string } | null }) => (who.customRole ? OWN + who.customRole.id : who.role);

/** What the server wants to hear about the choice. */
export const chosen = (value: string): { role: Role } | { customRoleId: string } =>
  value.startsWith(OWN) ? { customRoleId: value.slice(OWN.length) } : { role: value as Role };

type Props = {
  value: string;
  onChange: (value: string) => void;
  label?: string;
  current?: { id: string; name: string } | null;
  /** A role of the practice's own that is not offered. */
  without?: string;
  error?: string | undefined;
  disabled?: boolean;
};

export function RoleField({ value, onChange, label, current, without, error, disabled = false }: Props) {
  const { t } = useLang();
  const session = useSession();
  const own = useQuery({ ...rolesQuery, enabled: useCan()('roles.read') });
  const named = new Map((own.data?.custom ?? []).map((role) => [role.id, role.name]));
  if (current) named.set(current.id, current.name);
  if (without) named.delete(without);
  // only an owner makes owners; the server would refuse anybody else
  const builtIn = ROLES.filter((role) => role !== 'owner' || session.role === 'owner' || value === 'owner');
  const data = [
    { group: t('staff.role.builtIn'), items: builtIn.map((role) => ({ value: role, label: t(`role.${role}`) })) },
    ...(named.size ? [{ group: t('staff.role.own'), items: [...named].map(([id, label]) => ({ value: OWN + id, label })) }] : []),
  ];
  return (
    <Select
      label={label ?? t('staff.role')}
      data={data}
      value={value}
      onChange={(next) => next && onChange(next)}
      allowDeselect={false}
      disabled={disabled}
      error={error}
    />
  );
}
