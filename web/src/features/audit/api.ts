import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import { api, unwrap } from '@/shared/api/client';
import type { Schemas } from '@/shared/api/problem';
import { type AuditSearch, dayBegins } from './search';

export type AuditEntry = Schemas['AuditEntry'];

const KEY = 'audit';
const PAGE = 50;

export const auditListQuery = ({ action, outcome, who, from, to }: AuditSearch, timeZone: string) => {
  const filter = {
    ...(action ? { action } : {}),
    ...(outcome ? { outcome } : {}),
    ...(who ? { who } : {}),
    ...(from ? { from: dayBegins(timeZone, from) } : {}),
    ...(to ? { to: dayBegins(timeZone, to, 1) } : {}),
  };
  return infiniteQueryOptions({
    queryKey: [KEY, 'list', filter] as const,
    queryFn: ({ pageParam, signal }) =>
      unwrap(api.GET('/api/v1/audit', { params: { query: { limit: PAGE, ...filter, ...(pageParam ? { cursor: pageParam } : {}) } }, signal })),
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

/** What was signed last. */
export const checkpointQuery = queryOptions({
  queryKey: [KEY, 'checkpoint'] as const,
  queryFn: ({ signal }) => unwrap(api.GET('/api/v1/audit/checkpoint', { signal })),
});
