import { infiniteQueryOptions, keepPreviousData, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { api, unwrap } from '@/shared/api/client';
import { hasCode, type Schemas } from '@/shared/api/problem';
import type { Filter } from '@/shared/filter/filter';
import type { Sort } from '../search';
import type { Values } from '../values';

/** Somebody whom the practice calls about something; the sensitive values only where they were asked for. */
export type Case = Schemas['Case'];
export type NewCase = Schemas['NewCase'];
export type CaseChange = { patientId?: string | null; fields?: Values };

const PAGE = 50;
// the topic of the live messages about cases
const CASE = 'case';
const at = (id: string) => ({ params: { path: { id } } });

/** Which cases of a call workflow. */
export type Listed = { callWorkflowId: string; deleted: boolean; filter: Filter | undefined; sort: Sort; q: string };

const bodyOf = <L extends Omit<Listed, 'deleted'>>({ q, filter, ...asked }: L) => ({ ...asked, ...(q ? { search: q } : {}), ...(filter ? { filter } : {}) });

/** Asked by POST: what is searched for is in the body, and in no address. */
export const caseListQuery = (listed: Listed) =>
  infiniteQueryOptions({
    queryKey: [CASE, 'list', listed] as const,
    queryFn: ({ pageParam, signal }) => unwrap(api.POST('/api/v1/cases/query', { body: { ...bodyOf(listed), limit: PAGE, ...(pageParam ? { cursor: pageParam } : {}) } as Schemas['CaseQuery'], signal })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    // of another call workflow nothing may stand there
    placeholderData: (before, query) => ((query?.queryKey[2] as Listed | undefined)?.callWorkflowId === listed.callWorkflowId ? keepPreviousData(before) : undefined),
    // what was searched for is not kept
    ...(listed.q ? { gcTime: 30_000 } : {}),
  });

export const caseQuery = (id: string) =>
  queryOptions({
    queryKey: [CASE, 'one', id] as const,
    queryFn: ({ signal }) => unwrap(api.GET('/api/v1/cases/{id}', { ...at(id), signal })),
  });

/** What is sensitive, asked for by somebody who is to see it: each time is written down, so it is asked for once. */
export const readSensitive = (id: string) => unwrap(api.GET('/api/v1/cases/{id}', { params: { path: { id }, query: { sensitive: true } } }));

function useKeep() {
  const client = useQueryClient();
  return (now: Case) => {
    client.setQueryData(caseQuery(now.id).queryKey, now);
    for (const key of [[CASE, 'list'], ['call_workflow', 'list'], ['patient', 'timeline']]) void client.invalidateQueries({ queryKey: key });
  };
}

/** `key` stays the same when the same form is sent again after a lost answer, so that one case is made, not two. */
export function useCreateCase() {
  const onSuccess = useKeep();
  return useMutation({
    mutationFn: ({ body, key }: { body: NewCase; key: string }) => unwrap(api.POST('/api/v1/cases', { body, params: { header: { 'Idempotency-Key': key } } })),
    onSuccess,
  });
}

export function useChangeCase() {
  const onSuccess = useKeep();
  return useMutation({
    mutationFn: ({ id, body }: { id: string; body: CaseChange & { version: number } }) => unwrap(api.PATCH('/api/v1/cases/{id}', { ...at(id), body })),
    onSuccess,
    // somebody else was quicker: what stands there now comes with the refusal
    onError: (error) => {
      if (hasCode(error, 'version.stale') && error.problem.current) onSuccess(error.problem.current as Case);
    },
  });
}

/** Deletes or restores. */
export function useSetDeleted() {
  const keep = useKeep();
  return async ({ id, version }: Pick<Case, 'id' | 'version'>, deleted: boolean): Promise<Case> => {
    const request = { ...at(id), body: { version } };
    const now = await unwrap(deleted ? api.POST('/api/v1/cases/{id}/delete', request) : api.POST('/api/v1/cases/{id}/restore', request));
    keep(now);
    return now;
  };
}

/** As many as can be called at once. */
export const MOST_AT_ONCE = 200;

/** The cases of a list as a file, with or without what is sensitive. */
export const exportCases = ({ deleted: _, ...listed }: Listed, sensitive: boolean) => unwrap(api.POST('/api/v1/cases/export', { body: { ...bodyOf(listed), sensitive } as Schemas['CaseExport'], parseAs: 'blob' })) as Promise<unknown> as Promise<Blob>;
