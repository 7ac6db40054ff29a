import { expect, it } from 'vitest';
import type { PermissionName } from '../permissions';
import type { OwnRole } from './api';
import { allRoles, beyond, choosable, copyOf, draftOf, issuesOf, tick } from './draft';

const own = (more: Partial<OwnRole> = {}): OwnRole => ({ id: 'r1', name: 'Desk', basedOn: 'receptionist', permissions: ['session.read', 'rooms.read'], members: 2, version: 1, ...more });

it('copies what one may give, counts what one may not, and makes an administrator of an owner', () => {
  const owner = { key: 'owner', basedOn: 'owner' as const, permissions: ['account.read', 'rooms.read', 'audit.export'] as PermissionName[] };
  expect(copyOf(owner, 'Mine', ['rooms.read', 'rooms.write'])).toEqual({ draft: { name: 'Mine', basedOn: 'admin', permissions: ['rooms.read'] }, leftOut: 1 });
  const desk = { key: 'r1', own: own(), basedOn: 'receptionist' as const, permissions: own().permissions };
  expect(copyOf(desk, '', ['rooms.read'])).toEqual({ draft: { name: '', basedOn: 'receptionist', permissions: ['rooms.read'] }, leftOut: 0 });
});

it('ticks and unticks without changing the order, so that nothing looks changed that is not', () => {
  const all: PermissionName[] = ['rooms.read', 'rooms.write', 'hours.read'];
  const both = tick(all, ['hours.read'], ['rooms.read'], true);
  expect(both).toEqual(['rooms.read', 'hours.read']);
  expect(tick(all, both, ['rooms.read', 'rooms.write'], false)).toEqual(['hours.read']);
  expect(tick(all, tick(all, both, ['rooms.write'], true), ['rooms.write'], false)).toEqual(both);
});

it('does not offer what everybody has anyway', () => {
  const roles = {
    builtIn: [{ role: 'staff' as const, permissions: ['session.read', 'rooms.read'] as PermissionName[] }],
    custom: [own()],
    table: [
      { permission: 'session.read' as const, group: 'session', roles: [], always: true },
      { permission: 'rooms.read' as const, group: 'rooms', roles: [], always: false },
    ],
  };
  expect(choosable(roles)).toEqual(['rooms.read']);
  expect(draftOf(own()).permissions).toEqual(['rooms.read']);
  expect(allRoles(roles).map((role) => [role.key, !!role.own])).toEqual([
    ['r1', true],
    ['staff', false],
  ]);
});

it('leaves a role alone that may more than whoever looks at it, and wants a name', () => {
  expect(beyond(own(), ['session.read'])).toBe(true);
  expect(beyond(own(), ['session.read', 'rooms.read', 'x'])).toBe(false);
  expect(issuesOf({ name: '  ', basedOn: 'staff', permissions: [] })).toEqual({ name: { id: 'field.required' } });
});
