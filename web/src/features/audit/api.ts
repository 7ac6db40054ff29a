import { infiniteQueryOptions, keepPreviousData, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { api, unwrap } from '@/shared/api/client';
import type { Schemas } from '@/shared/api/problem';
import { type AuditSearch, filterOf, patientOf } from './search';

export type AuditEntry = Schemas['AuditEntry'];
export type AuditExport = Schemas['AuditExport'];
export type NewAuditExport = Schemas['NewAuditExport'];
export type ExportFormat = Schemas['ExportFormat'];

const KEY = 'audit';
const PAGE = 50;
/** More than any practice employs; whom it leaves out can still be chosen from an entry of theirs. */
const ALL = 200;

export const auditListQuery = (search: AuditSearch, timeZone: string) => {
  const filter = filterOf(search, timeZone);
  const patient = patientOf(search);
  return infiniteQueryOptions({
    queryKey: [KEY, 'list', filter, patient] as const,
    queryFn: ({ pageParam, signal }) => {
      const page = { limit: PAGE, ...(pageParam ? { cursor: pageParam } : {}) };
      return patient
        ? unwrap(api.GET('/api/v1/audit/patients/{id}', { params: { path: { id: patient }, query: page }, signal }))
        : unwrap(api.GET('/api/v1/audit', { params: { query: { ...page, ...filter } }, signal }));
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    placeholderData: keepPreviousData,
  });
};

/** Each look at it is written down, so it is not fetched again without need. */
export const auditEntryQuery = (id: string) =>
  queryOptions({
    queryKey: [KEY, 'one', id] as const,
    queryFn: ({ signal }) => unwrap(api.GET('/api/v1/audit/{id}', { params: { path: { id } }, signal })),
    staleTime: 60_000,
    refetchOnWindowFocus: false,
  });

/** Whom one can look for. */
export const whoQuery = queryOptions({
  queryKey: ['staff', 'ledger'] as const,
  queryFn: async ({ signal }) => (await unwrap(api.GET('/api/v1/staff', { params: { query: { status: 'all', limit: ALL } }, signal }))).items,
});

const isBeingMade = ({ state }: AuditExport) => state === 'queued' || state === 'running';

/** What was taken out and is still kept; looked at again while something is being made. */
export const exportsQuery = queryOptions({
  queryKey: [KEY, 'exports'] as const,
  queryFn: async ({ signal }) => (await unwrap(api.GET('/api/v1/audit/exports', { signal }))).items,
  refetchInterval: ({ state }) => (state.data?.some(isBeingMade) ? 1_000 : false),
});

/** `key` stays the same when the same is asked for again after a lost answer, so that one file is made, not two. */
export function useExport() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ body, key }: { body: NewAuditExport; key: string }) =>
      unwrap(api.POST('/api/v1/audit/exports', { body, params: { header: { 'Idempotency-Key': key } } })),
    onSuccess: () => client.invalidateQueries({ queryKey: [KEY] }),
  });
}

/** Has the browser save the file. The first request renews the session if it must, which a download cannot. */
export async function download({ id }: AuditExport) {
  await unwrap(api.GET('/api/v1/audit/exports/{id}', { params: { path: { id } } }));
  const link = document.createElement('a');
  link.href = `/api/v1/audit/exports/${id}/file`;
  link.download = '';
  link.click();
}
