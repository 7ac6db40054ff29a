import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { api, unwrap } from '@/shared/api/client';
import type { Schemas } from '@/shared/api/problem';

export type Duplicate = Schemas['Duplicate'];
export type Merge = Schemas['Merge'];

const PAGE = 30;
// the topic of the live messages about patients: whoever changes one may make or break a pair
const PATIENT = 'patient';

export const duplicatesQuery = infiniteQueryOptions({
  queryKey: [PATIENT, 'duplicates'] as const,
  queryFn: ({ pageParam, signal }) => unwrap(api.GET('/api/v1/duplicates', { params: { query: { limit: PAGE, ...(pageParam ? { cursor: pageParam } : {}) } }, signal })),
  initialPageParam: undefined as string | undefined,
  getNextPageParam: (page) => page.nextCursor ?? undefined,
});

export const mergesQuery = (id: string) =>
  queryOptions({
    queryKey: [PATIENT, 'merges', id] as const,
    queryFn: async ({ signal }) => (await unwrap(api.GET('/api/v1/patients/{id}/merges', { params: { path: { id } }, signal }))).items,
  });

function useAnew() {
  const client = useQueryClient();
  return () => Promise.all([PATIENT, 'policy'].map((topic) => client.invalidateQueries({ queryKey: [topic] })));
}

/** Says that two are two, or takes that back. */
export function useTellApart() {
  const anew = useAnew();
  return async ({ one, other }: Duplicate, apart: boolean) => {
    const body = { one: one.id, other: other.id };
    await unwrap(apart ? api.POST('/api/v1/duplicates/dismiss', { body }) : api.POST('/api/v1/duplicates/reopen', { body }));
    await anew();
    return true;
  };
}

export function useMerge() {
  const anew = useAnew();
  return useMutation({
    mutationFn: ({ id, body, key }: { id: string; body: Schemas['NewMerge']; key: string }) =>
      unwrap(api.POST('/api/v1/patients/{id}/merge', { params: { path: { id }, header: { 'Idempotency-Key': key } }, body })),
    onSuccess: anew,
  });
}

export function useUnmerge() {
  const anew = useAnew();
  return async ({ id, version }: Pick<Merge, 'id' | 'version'>) => {
    const now = await unwrap(api.POST('/api/v1/merges/{id}/undo', { params: { path: { id } }, body: { version } }));
    await anew();
    return now;
  };
}
