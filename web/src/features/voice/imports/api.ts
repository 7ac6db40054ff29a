import { infiniteQueryOptions, keepPreviousData, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { unwrap } from '@/shared/api/client';
import { voice as api } from '../loose';

/** What would become of a row, or what became of it: what people look at first comes first. */
export const outcomes = ['fault', 'duplicate', 'create', 'created'] as const;
export type Outcome = (typeof outcomes)[number];
export type CaseImport = {
  id: string;
  callWorkflowId: string;
  /** Columns of the file, each with the key of the field that it is. */
  columns: { heading: string; field: string | null }[];
  dates: 'dmy' | 'mdy';
  state: 'checked' | 'running' | 'entered';
  job: { state: 'queued' | 'running' | 'done' | 'failed' | 'cancelled'; done: number; total: number | null } | null;
  rows: number;
  outcomes: Partial<Record<Outcome, number>>;
  version: number;
};
export type ImportRow = { number: number; outcome: Outcome; cells: string[]; faults: { field: string; code: string; message: string }[]; caseId: string | null };

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
    queryFn: ({ signal }) => unwrap<CaseImport>(api.GET('/api/v1/case-imports/{id}', { ...at(id), signal })),
    refetchInterval: ({ state }) => (state.data && isBusy(state.data) ? 700 : false),
  });

export const importRowsQuery = (id: string, version: number, outcome: Outcome) =>
  infiniteQueryOptions({
    queryKey: [KEY, 'rows', id, version, outcome] as const,
    queryFn: ({ pageParam, signal }) =>
      unwrap<{ items: ImportRow[]; nextCursor: string | null }>(
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
      unwrap<CaseImport>(
        api.POST('/api/v1/case-imports', {
          params: { query: { callWorkflowId }, header: { 'Idempotency-Key': key } },
          body: file,
          bodySerializer: (body) => body as Blob,
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
    mutationFn: ({ id, ...body }: Pick<CaseImport, 'id' | 'version'> & Matching) => unwrap<CaseImport>(api.PATCH('/api/v1/case-imports/{id}', { ...at(id), body })),
    onSuccess: keep,
  });
}

/** Enters the rows that are right. */
export function useRunImport() {
  const keep = useKeep();
  return useMutation({
    mutationFn: ({ id, version }: Pick<CaseImport, 'id' | 'version'>) => unwrap<CaseImport>(api.POST('/api/v1/case-imports/{id}/run', { ...at(id), body: { version } })),
    onSuccess: keep,
  });
}
