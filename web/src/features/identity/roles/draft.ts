import type { Issues } from '@/shared/forms/useRecordForm';
import { areaOf, type PermissionName } from '../permissions';
import type { OwnRole, Role, Roles } from './api';

/** A column of the table, or one of the practice's own roles. */
export type AnyRole = { key: string; own?: OwnRole; basedOn: Role; permissions: readonly PermissionName[] };

/** The practice's own come first: they are what people come to change. */
export const allRoles = (roles: Roles): AnyRole[] => [
  ...roles.custom.map((own) => ({ key: own.id, own, basedOn: own.basedOn, permissions: own.permissions })),
  ...roles.builtIn.map(({ role, permissions }) => ({ key: role, basedOn: role, permissions })),
];

/** What can be given and taken: what everybody has anyway cannot. */
export const choosable = (roles: Roles): PermissionName[] => roles.table.filter((line) => !line.always).map((line) => line.permission);

export type RoleDraft = { name: string; basedOn: Role; permissions: PermissionName[] };

export const draftOf = (role: OwnRole): RoleDraft => ({
  name: role.name,
  basedOn: role.basedOn,
  permissions: role.permissions.filter((name) => areaOf(name) !== 'own'),
});

/** Nobody gives what they do not have; and an owner cannot be copied, only what an owner may. */
export function copyOf(from: AnyRole, name: string, mine: readonly string[]): { draft: RoleDraft; leftOut: number } {
  const all = from.permissions.filter((permission) => areaOf(permission) !== 'own');
  const permissions = all.filter((permission) => mine.includes(permission));
  return { draft: { name, basedOn: from.basedOn === 'owner' ? 'admin' : from.basedOn, permissions }, leftOut: all.length - permissions.length };
}

export const issuesOf = ({ name }: RoleDraft): Issues<RoleDraft> => (name.trim() ? {} : { name: { id: 'field.required' } });

/** `names` with those given or taken away, in the order of the table, so that the same rights are always the same list. */
export function tick(all: readonly PermissionName[], chosen: readonly PermissionName[], names: readonly PermissionName[], on: boolean): PermissionName[] {
  const rest = new Set(chosen.filter((name) => !names.includes(name)));
  return all.filter((name) => rest.has(name) || (on && names.includes(name)));
}

/** Who has rights that I lack is not mine to change. */
export const beyond = (role: { permissions: readonly PermissionName[] }, mine: readonly string[]) => role.permissions.some((name) => !mine.includes(name));
