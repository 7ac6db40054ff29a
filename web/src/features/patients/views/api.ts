import { queryOptions, useMutation, useQueries, useQueryClient } from '@tanstack/react-query';
import { api, unwrap } from '@/shared/api/client';
import type { Schemas } from '@/shared/api/problem';
import type { Filter } from '@/shared/filter/filter';

export type ViewFields = Required<Omit<Schemas['ViewFields'], 'filter'>> & { filter: Filter | null };
export type SavedView = ViewFields & Omit<Schemas['View'], keyof ViewFields>;

// keys begin with the topics of the live messages
const VIEW = 'view';
const MINUTE = 60_000;
const NEW_KEY = (key: string) => ({ header: { 'Idempotency-Key': key } });
// the document cannot say that an answer has every member, nor what a filter looks like
const whole = (answer: Promise<Schemas['View']>) => answer as unknown as Promise<SavedView>;

/** One's own in their order, then what others share. */
export const viewsQuery = queryOptions({
  queryKey: [VIEW, 'list'] as const,
  queryFn: async ({ signal }) => (await unwrap(api.GET('/api/v1/views', { signal }))).items as unknown as SavedView[],
});

/** What patients can be filtered by, and how. */
export const fieldsQuery = queryOptions({
  queryKey: ['patient_field', 'filterable'] as const,
  queryFn: async ({ signal }) => (await unwrap(api.GET('/api/v1/patients/fields', { signal }))).items,
});

const countQuery = ({ id, version, filter }: SavedView) =>
  queryOptions({
    // no topic: each change of any patient would have everything counted again
    queryKey: ['count', 'view', id, version] as const,
    queryFn: ({ signal }) => unwrap(api.POST('/api/v1/patients/count', { body: (filter ? { filter } : {}) as Schemas['CountQuery'], signal })),
    staleTime: MINUTE,
  });

/** How many patients each view has, as far as that is known. */
export const useCounts = (views: SavedView[]) => useQueries({ queries: views.map(countQuery) }).map(({ data }) => data);

/** Has the views and their counts fetched again. */
function useStale() {
  const client = useQueryClient();
  return () => {
    for (const queryKey of [[VIEW], ['count']]) void client.invalidateQueries({ queryKey });
  };
}

export function useSaveView() {
  const onSuccess = useStale();
  const create = useMutation({
    mutationFn: ({ body, key }: { body: Partial<ViewFields>; key: string }) => whole(unwrap(api.POST('/api/v1/views', { body: body as unknown as Schemas['ViewFields'], params: NEW_KEY(key) }))),
    onSuccess,
  });
  const change = useMutation({
    mutationFn: ({ id, body }: { id: string; body: Partial<ViewFields> & { version: number } }) =>
      whole(unwrap(api.PATCH('/api/v1/views/{id}', { body: body as unknown as Schemas['Change_ViewFields'], params: { path: { id } } }))),
    onSuccess,
  });
  return { create, change };
}

type At = Pick<SavedView, 'id' | 'version'>;

export function useViewActions() {
  const stale = useStale();
  const client = useQueryClient();
  const settle = async <T>(answer: Promise<T>): Promise<T> => {
    try {
      return await answer;
    } finally {
      stale();
    }
  };
  return {
    share: ({ id, version }: At, shared: boolean) => {
      const request = { params: { path: { id } }, body: { version } };
      return settle(whole(unwrap(shared ? api.POST('/api/v1/views/{id}/share', request) : api.POST('/api/v1/views/{id}/unshare', request))));
    },
    remove: ({ id, version }: At) => settle(whole(unwrap(api.POST('/api/v1/views/{id}/delete', { params: { path: { id } }, body: { version } })))),
    order: async (ids: string[]) => {
      const { items } = await unwrap(api.POST('/api/v1/views/order', { body: { ids } }));
      client.setQueryData(viewsQuery.queryKey, items as unknown as SavedView[]);
    },
  };
}

/** Puts tags on patients and takes others off. */
export function useTagging() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: { ids: string[]; add?: string[]; remove?: string[] }) => unwrap(api.POST('/api/v1/patients/tag', { body })),
    onSettled: () => {
      for (const topic of ['patient', 'tag', 'count']) void client.invalidateQueries({ queryKey: [topic] });
    },
  });
}
