import { infiniteQueryOptions, keepPreviousData, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { api, unwrap } from '@/shared/api/client';
import type { Schemas } from '@/shared/api/problem';

export type Import = Schemas['Import'];
export type ImportRow = Schemas['ImportRow'];
export type RowOutcome = Schemas['RowOutcome'];
export type Step = 'check' | 'run' | 'undo';

// the topic of the live messages about imports
const KEY = 'import';
const ROWS = 50;

/** Whether a job is at it. */
export const isBusy = ({ job }: Pick<Import, 'job'>) => job?.state === 'queued' || job?.state === 'running';

export const importsQuery = queryOptions({
  queryKey: [KEY, 'list'] as const,
  queryFn: async ({ signal }) => (await unwrap(api.GET('/api/v1/imports', { signal }))).items,
});

/** Looked at again while a job is at it. */
export const importQuery = (id: string) =>
  queryOptions({
    queryKey: [KEY, 'one', id] as const,
    queryFn: ({ signal }) => unwrap(api.GET('/api/v1/imports/{id}', { params: { path: { id } }, signal })),
    refetchInterval: ({ state }) => (state.data && isBusy(state.data) ? 700 : false),
  });

export const importRowsQuery = (id: string, version: number, outcome: RowOutcome) =>
  infiniteQueryOptions({
    queryKey: [KEY, 'rows', id, version, outcome] as const,
    queryFn: ({ pageParam, signal }) =>
      unwrap(api.GET('/api/v1/imports/{id}/rows', { params: { path: { id }, query: { limit: ROWS, outcome, ...(pageParam ? { cursor: pageParam } : {}) } }, signal })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    placeholderData: keepPreviousData,
  });

function useKeep() {
  const client = useQueryClient();
  return (now: Import) => {
    client.setQueryData(importQuery(now.id).queryKey, now);
    void client.invalidateQueries({ queryKey: importsQuery.queryKey });
  };
}

/** `key` stays the same when the same file is given again after a lost answer, so that one import is made, not two. */
export function useGiveFile() {
  const keep = useKeep();
  return useMutation({
    mutationFn: ({ file, key }: { file: File; key: string }) =>
      unwrap(
        api.POST('/api/v1/imports', {
          params: { header: { 'Idempotency-Key': key, 'X-File-Name': encodeURIComponent(file.name.slice(-200)) } },
          // the document has no type for bytes
          body: file as never,
          bodySerializer: (body) => body as unknown as Blob,
          headers: { 'Content-Type': 'application/octet-stream' },
        }),
      ),
    onSuccess: keep,
  });
}

export function useChangeImport() {
  const keep = useKeep();
  return useMutation({
    mutationFn: ({ id, body }: { id: string; body: Schemas['ImportChange'] }) => unwrap(api.PATCH('/api/v1/imports/{id}', { params: { path: { id } }, body })),
    onSuccess: keep,
  });
}

/** The next step: a dry run, entering, taking back. */
export function useStep() {
  const keep = useKeep();
  return useMutation({
    mutationFn: ({ import: { id, version }, step }: { import: Pick<Import, 'id' | 'version'>; step: Step }) => {
      const request = { params: { path: { id } }, body: { version } };
      if (step === 'check') return unwrap(api.POST('/api/v1/imports/{id}/check', request));
      if (step === 'run') return unwrap(api.POST('/api/v1/imports/{id}/run', request));
      return unwrap(api.POST('/api/v1/imports/{id}/undo', request));
    },
    onSuccess: keep,
  });
}

export function useCancelImport() {
  const keep = useKeep();
  return useMutation({ mutationFn: (id: string) => unwrap(api.POST('/api/v1/imports/{id}/cancel', { params: { path: { id } } })), onSuccess: keep });
}
