import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { sessionQuery } from '@/shared/auth/session';
import { get, patch, type Security } from '../contract';

export const securityQuery = queryOptions({
  queryKey: ['practice', 'security'] as const,
  queryFn: ({ signal }) => get<Security>('/security', { signal }),
});

export function useChangeSecurity() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (change: Partial<Security> & { version: number }) => patch<Security>('/security', change),
    onSuccess: (security) => {
      client.setQueryData(securityQuery.queryKey, security);
      // it says how long one may be away and whether a second factor is missing
      void client.invalidateQueries({ queryKey: sessionQuery.queryKey });
    },
  });
}
