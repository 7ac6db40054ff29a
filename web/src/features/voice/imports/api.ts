import { infiniteQueryOptions, keepPreviousData, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { api, unwrap } from '@/shared/api/client';
import type { Schemas } from '@/shared/api/problem';

/** What would become of a row, or what became of it: what people look at first comes first. */
export const outcomes = ['fault', 'duplicate', 'create', 'created'] as const satisfies readonly Schemas['CaseRowOutcome'][];
export type Outcome = Schemas['CaseRowOutcome'];
export type CaseImport = Schemas['CaseImport'];
export type ImportRow = Schemas['CaseImportRow'];

// the topic of the live messages about imports
const KEY = 'case_import';
const ROWS = 50;
const at = (id: string) => ({ params: { path: { id } } });

/** Whether a job is at it. */
export const isBusy = ({ job }: Pick<CaseImport, 'job'>) => job?.state === 'queued' || job?.state === 'running';

/** Looked at again while a job is at it. */
export const importQuery = (id: string) =>
  queryOptions({
    queryKey: [KEY, 'one', id] as const,
    queryFn: ({ signal }) => unwrap(api.GET('/api/v1/case-imports/{id}', { ...at(id), signal })),
    refetchInterval: ({ state }) => (state.data && isBusy(state.data) ? 700 : false),
  });

export const importRowsQuery = (id: string, version: number, outcome: Outcome) =>
  infiniteQueryOptions({
    queryKey: [KEY, 'rows', id, version, outcome] as const,
    queryFn: ({ pageParam, signal }) =>
      unwrap(
        api.GET('/api/v1/case-imports/{id}/rows', { params: { path: { id }, query: { limit: ROWS, outcome, ...(pageParam ? { cursor: pageParam } : {}) } }, signal }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    placeholderData: keepPreviousData,
  });

function useKeep() {
  const client = useQueryClient();
  return (now: CaseImport) => client.setQueryData(importQuery(now.id).queryKey, now);
}

/** `key` stays the same when the same file is given again after a lost answer, so that one import is made, not two. */
export function useGiveFile(callWorkflowId: string) {
  const keep = useKeep();
  return useMutation({
    mutationFn: ({ file, key }: { file: File; key: string }) =>
      unwrap(
        api.POST('/api/v1/case-imports', {
          params: { query: { callWorkflowId }, header: { 'Idempotency-Key': key } },
          // the document has no type for bytes
          body: file as never,
          bodySerializer: (body) => body as unknown as Blob,
          headers: { 'Content-Type': 'application/octet-stream' },
        }),
      ),
    onSuccess: keep,
  });
}

/** How a file is read. */
export type Matching = { columns?: (string | null)[]; dates?: CaseImport['dates'] };

/** Says which field each column is; every row is judged anew. */
export function useMatch() {
  const keep = useKeep();
  return useMutation({
    mutationFn: ({ id, ...body }: Pick<CaseImport, 'id' | 'version'> & Matching) => unwrap(api.PATCH('/api/v1/case-imports/{id}', { ...at(id), body })),
    onSuccess: keep,
  });
}

/** Enters the rows that are right. */
export function useRunImport() {
  const keep = useKeep();
  return useMutation({
    mutationFn: ({ id, version }: Pick<CaseImport, 'id' | 'version'>) => unwrap(api.POST('/api/v1/case-imports/{id}/run', { ...at(id), body: { version } })),
    onSuccess: keep,
  });
}
