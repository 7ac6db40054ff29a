import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { api, unwrap } from '@/shared/api/client';
import type { Schemas } from '@/shared/api/problem';

/** A member's professional profile; its id is the person's. */
export type Provider = Schemas['Provider'];
export type NewProvider = Schemas['NewProvider'];

const KEY = 'provider';
/** More than any practice has; what lies beyond is not shown. */
const ALL = 200;

export const providersQuery = queryOptions({
  queryKey: [KEY, 'list'] as const,
  queryFn: async ({ signal }) => (await unwrap(api.GET('/api/v1/providers', { params: { query: { limit: ALL } }, signal }))).items,
});

export function useSetProvider() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, body }: { id: string; body: NewProvider }) => unwrap(api.PUT('/api/v1/providers/{id}', { body, params: { path: { id } } })),
    onSuccess: (provider) => {
      client.setQueryData(providersQuery.queryKey, (all) => all?.map((p) => (p.id === provider.id ? provider : p)));
      // whoever works at one location inherits its hours
      for (const key of [KEY, 'hours']) void client.invalidateQueries({ queryKey: [key] });
    },
  });
}

/** Names of what can be done here, to choose from. */
export const serviceNamesQuery = queryOptions({
  queryKey: ['service', 'names'] as const,
  queryFn: async ({ signal }) => (await unwrap(api.GET('/api/v1/services', { params: { query: { limit: ALL, sort: 'name' } }, signal }))).items,
});
