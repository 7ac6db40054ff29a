import { infiniteQueryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { api, unwrap } from '@/shared/api/client';
import type { Schemas } from '@/shared/api/problem';

export type SupportAccess = Schemas['SupportAccess'];

// begins with the topic of the live messages about it
const KEY = 'support_access';

export const supportAccessQuery = infiniteQueryOptions({
  queryKey: [KEY, 'list'] as const,
  queryFn: ({ pageParam, signal }) =>
    unwrap(api.GET('/api/v1/support-access', { params: { query: { limit: 50, ...(pageParam ? { cursor: pageParam } : {}) } }, signal })),
  initialPageParam: undefined as string | undefined,
  getNextPageParam: (page) => page.nextCursor ?? undefined,
});

/** The next request under it is refused. */
export function useEndSupportAccess() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => unwrap(api.POST('/api/v1/support-access/{id}/end', { params: { path: { id } } })),
    // somebody else may have ended it first: the list says so
    onSettled: () => client.invalidateQueries({ queryKey: [KEY] }),
  });
}
