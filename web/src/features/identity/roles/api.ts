import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { api, unwrap } from '@/shared/api/client';
import type { Schemas } from '@/shared/api/problem';

export type Roles = Schemas['Roles'];
export type OwnRole = Schemas['CustomRoleDetail'];
export type Role = Schemas['Role'];

// begins with the topic of the live messages about roles
const ROLE = 'role';
const PAGE = 200;

export const rolesQuery = queryOptions({
  queryKey: [ROLE, 'list'] as const,
  queryFn: ({ signal }) => unwrap(api.GET('/api/v1/roles', { signal })),
});

/** Staff lists and invitations show the names of roles. */
function useFresh() {
  const client = useQueryClient();
  return () => {
    for (const key of [ROLE, 'staff', 'invite']) void client.invalidateQueries({ queryKey: [key] });
  };
}

/** `key` stays the same when the same form is sent again after a lost answer, so that one role is made, not two. */
export function useCreateRole() {
  const fresh = useFresh();
  return useMutation({
    mutationFn: ({ body, key }: { body: Schemas['NewRole']; key: string }) =>
      unwrap(api.POST('/api/v1/roles', { body, params: { header: { 'Idempotency-Key': key } } })),
    onSuccess: fresh,
  });
}

export function useChangeRole() {
  const fresh = useFresh();
  return useMutation({
    mutationFn: ({ id, body }: { id: string; body: Schemas['RoleChange'] }) => unwrap(api.PATCH('/api/v1/roles/{id}', { params: { path: { id } }, body })),
    onSuccess: fresh,
  });
}

async function holders(role: string) {
  const found: Schemas['Member'][] = [];
  let cursor: string | null | undefined;
  do {
    const query = { limit: PAGE, status: 'all' as const, ...(cursor ? { cursor } : {}) };
    const page = await unwrap(api.GET('/api/v1/staff', { params: { query } }));
    found.push(...page.items.filter((member) => member.customRole?.id === role));
    cursor = page.nextCursor;
  } while (cursor);
  return found;
}

export type NextRole = { role: Role } | { customRoleId: string };

/**
 * Puts a role away. Whoever holds it gets `next` before; when something stops that halfway, those who were moved stay
 * so, and trying again goes on with the rest.
 */
export function useArchiveRole() {
  const fresh = useFresh();
  return useMutation({
    mutationFn: async ({ id, version, next }: { id: string; version: number; next?: NextRole | undefined }) => {
      for (const member of next ? await holders(id) : []) {
        const path = { id: member.id };
        await api.PATCH('/api/v1/staff/{id}', { params: { path }, body: { version: member.version, ...next } });
      }
      return unwrap(api.POST('/api/v1/roles/{id}/archive', { params: { path: { id } }, body: { version } }));
    },
    onSettled: fresh,
  });
}
