import { infiniteQueryOptions, type InfiniteData, keepPreviousData, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { api, unwrap } from '@/shared/api/client';
import type { Schemas } from '@/shared/api/problem';
import type { Sort, Status } from './search';

export type Service = Schemas['Service'];
export type NewService = Schemas['NewService'];
export type ServiceChange = Schemas['ServiceChange'];
type Pages = InfiniteData<Schemas['ServicePage'], string | undefined>;
export type ListParams = { status?: Status; sort?: Sort; q?: string };

const PAGE = 50;
// keys begin with the topic of the live messages about the record
const KEY = 'service';
const LISTS = [KEY, 'list'] as const;

export const serviceListQuery = ({ status = 'active', sort = 'name', q }: ListParams) =>
  infiniteQueryOptions({
    queryKey: [...LISTS, { status, sort, q }] as const,
    queryFn: ({ pageParam, signal }) =>
      unwrap(
        api.GET('/api/v1/services', {
          params: { query: { limit: PAGE, status, sort, ...(q ? { q } : {}), ...(pageParam ? { cursor: pageParam } : {}) } },
          signal,
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    placeholderData: keepPreviousData,
  });

export const serviceQuery = (id: string) =>
  queryOptions({
    queryKey: [KEY, 'one', id] as const,
    queryFn: ({ signal }) => unwrap(api.GET('/api/v1/services/{id}', { params: { path: { id } }, signal })),
  });

/** Keeps what the server answered, and has the lists fetched again: their order may have changed. */
function useKeep() {
  const client = useQueryClient();
  return (service: Service) => {
    client.setQueryData(serviceQuery(service.id).queryKey, service);
    void client.invalidateQueries({ queryKey: LISTS });
  };
}

/** `key` stays the same when the same form is sent again after a lost answer, so that one service is made, not two. */
export function useCreateService() {
  const keep = useKeep();
  return useMutation({
    mutationFn: ({ body, key }: { body: NewService; key: string }) =>
      unwrap(api.POST('/api/v1/services', { body, params: { header: { 'Idempotency-Key': key } } })),
    onSuccess: keep,
  });
}

export function useChangeService() {
  const keep = useKeep();
  return useMutation({
    mutationFn: ({ id, body }: { id: string; body: ServiceChange }) =>
      unwrap(api.PATCH('/api/v1/services/{id}', { body, params: { path: { id } } })),
    onSuccess: keep,
  });
}

/** The pages as they will be once `id` has (un)archived: gone from the list it no longer belongs to, marked in the other. */
export function withArchived(pages: Pages, status: Status, id: string, archivedAt: string | null): Pages {
  const stays = status === 'all' || (status === 'archived') === (archivedAt !== null);
  return {
    ...pages,
    pages: pages.pages.map((page) => ({
      ...page,
      items: stays ? page.items.map((s) => (s.id === id ? { ...s, archivedAt } : s)) : page.items.filter((s) => s.id !== id),
    })),
  };
}

/** Archives or restores: shown at once, taken back if the server refuses. */
export function useSetArchived() {
  const client = useQueryClient();
  const keep = useKeep();
  return useMutation({
    mutationFn: ({ id, version, archived }: { id: string; version: number; archived: boolean }) => {
      const request = { params: { path: { id } }, body: { version } };
      return unwrap(archived ? api.POST('/api/v1/services/{id}/archive', request) : api.POST('/api/v1/services/{id}/restore', request));
    },
    onMutate: async ({ id, archived }) => {
      await client.cancelQueries({ queryKey: LISTS });
      const before = client.getQueriesData<Pages>({ queryKey: LISTS });
      const archivedAt = archived ? new Date().toISOString() : null;
      for (const [key, pages] of before) {
        const { status } = key[2] as { status: Status };
        if (pages) client.setQueryData(key, withArchived(pages, status, id, archivedAt));
      }
      return { before };
    },
    onError: (_error, _variables, context) => {
      for (const [key, pages] of context?.before ?? []) client.setQueryData(key, pages);
      void client.invalidateQueries({ queryKey: [KEY] });
    },
    onSuccess: keep,
  });
}
