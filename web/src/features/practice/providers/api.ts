import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { api, unwrap } from '@/shared/api/client';
import type { Colour } from '../colour';
import { call } from '../untyped';

export type Provider = {
  /** The person's. */
  id: string;
  title: string | null;
  titleAr: string | null;
  specialty: string | null;
  licenceNumber: string | null;
  colour: Colour;
  bookable: boolean;
  locationIds: string[];
  serviceIds: string[] | null;
  version: number;
  updatedAt: string;
};
export type NewProvider = Omit<Provider, 'id' | 'updatedAt' | 'version'> & { version: number };

const KEY = 'provider';
/** More than any practice has; what lies beyond is not shown. */
const ALL = 200;

export const providersQuery = queryOptions({
  queryKey: [KEY, 'list'] as const,
  queryFn: ({ signal }) => call<{ items: Provider[] }>('GET', '/providers', { params: { query: { limit: ALL } }, signal }).then((page) => page.items),
});

export const providerQuery = (id: string) =>
  queryOptions({ queryKey: [KEY, 'one', id] as const, queryFn: ({ signal }) => call<Provider>('GET', '/providers/{id}', { params: { path: { id } }, signal }) });

export function useSetProvider() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, body }: { id: string; body: NewProvider }) => call<Provider>('PUT', '/providers/{id}', { body, params: { path: { id } } }),
    onSuccess: (provider) => {
      client.setQueryData(providerQuery(provider.id).queryKey, provider);
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
