import { infiniteQueryOptions, keepPreviousData, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { api, unwrap } from '@/shared/api/client';
import type { Schemas } from '@/shared/api/problem';

/** A recall with who should come. */
export type Recall = Schemas['RecallItem'];
export type WholeRecall = Schemas['WholeRecall'];
export type Attempt = Schemas['RecallAttempt'];
/** Those that are listed together; `open` are due or contacted. */
export type State = 'open' | Status;
export type Status = Schemas['RecallStatus'];
export type AttemptKind = Schemas['AttemptKind'];
export type AttemptOutcome = Schemas['AttemptOutcome'];
export type DismissReason = Schemas['DismissReason'];
export type Rule = Schemas['RecallRule'];

const PAGE = 50;
// keys begin with the topic of the live messages about the record
const KEY = 'recall';

/** `from` and `to` are local days; without `from` those that are overdue are there as well. */
export type RecallsAsked = { state?: State; from?: string; to?: string; serviceId?: string; patientId?: string };

/** Who should come again, those who have been due longest first. */
export const recallsQuery = (asked: RecallsAsked) =>
  infiniteQueryOptions({
    queryKey: [KEY, 'list', asked] as const,
    queryFn: ({ pageParam, signal }) =>
      unwrap(api.GET('/api/v1/recalls', { params: { query: { limit: PAGE, ...asked, ...(pageParam ? { cursor: pageParam } : {}) } }, signal })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    placeholderData: keepPreviousData,
  });

export const recallQuery = (id: string) =>
  queryOptions({
    queryKey: [KEY, 'one', id] as const,
    queryFn: ({ signal }) => unwrap(api.GET('/api/v1/recalls/{id}', { params: { path: { id } }, signal })),
  });

export const rulesQuery = queryOptions({
  queryKey: ['recall_rule'] as const,
  queryFn: async ({ signal }) => (await unwrap(api.GET('/api/v1/recall-rules', { signal }))).items,
});

function useAction<V extends { id: string }>(work: (variables: V) => Promise<WholeRecall>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: work,
    onSuccess: (now) => {
      client.setQueryData(recallQuery(now.id).queryKey, now);
      void client.invalidateQueries({ queryKey: [KEY] });
      void client.invalidateQueries({ queryKey: ['patient', 'timeline'] });
    },
  });
}

type At = { id: string; version: number };
const at = (id: string) => ({ params: { path: { id } } });

export const useAttempt = () =>
  useAction(({ id, ...body }: At & { kind: AttemptKind; outcome: AttemptOutcome; note: string | null }) => unwrap(api.POST('/api/v1/recalls/{id}/attempts', { ...at(id), body })));

export const useSend = () => useAction(({ id, version }: At) => unwrap(api.POST('/api/v1/recalls/{id}/send', { ...at(id), body: { version } })));

export const useSnooze = () => useAction(({ id, ...body }: At & { until: string }) => unwrap(api.POST('/api/v1/recalls/{id}/snooze', { ...at(id), body })));

export const useDismiss = () => useAction(({ id, ...body }: At & { reason: DismissReason }) => unwrap(api.POST('/api/v1/recalls/{id}/dismiss', { ...at(id), body })));

export const useReopen = () => useAction(({ id, version }: At) => unwrap(api.POST('/api/v1/recalls/{id}/reopen', { ...at(id), body: { version } })));

export function useSetRule() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ serviceId, ...body }: { serviceId: string; version: number; recallServiceId: string; months: number; active: boolean }) =>
      unwrap(api.PUT('/api/v1/recall-rules/{id}', { ...at(serviceId), body })),
    onSuccess: () => void client.invalidateQueries({ queryKey: rulesQuery.queryKey }),
  });
}
