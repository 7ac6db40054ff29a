import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { sessionQuery } from '@/shared/auth/session';
import { api, unwrap } from '@/shared/api/client';
import type { Schemas } from '@/shared/api/problem';

export type Security = Schemas['Security'];

export const securityQuery = queryOptions({
  queryKey: ['practice', 'security'] as const,
  queryFn: ({ signal }) => unwrap(api.GET('/api/v1/security', { signal })),
});

export function useChangeSecurity() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: Schemas['SecurityChange']) => unwrap(api.PATCH('/api/v1/security', { body })),
    onSuccess: (security) => {
      client.setQueryData(securityQuery.queryKey, security);
      // it says how long one may be away and whether a second factor is missing
      void client.invalidateQueries({ queryKey: sessionQuery.queryKey });
    },
  });
}
