import { infiniteQueryOptions, keepPreviousData } from '@tanstack/react-query';
import { api, unwrap } from '@/shared/api/client';
import type { Schemas } from '@/shared/api/problem';
import { KEY } from './api';

export type AccessLine = Schemas['AccessLine'];
export type AccessFilter = { practice?: string; action?: string; denied?: boolean; looks?: boolean };

/** The platform's own ledger, newest first. */
export const accessQuery = (filter: AccessFilter) =>
  infiniteQueryOptions({
    queryKey: [KEY, 'access', filter] as const,
    queryFn: ({ pageParam, signal }) =>
      unwrap(api.GET('/api/v1/admin/access', { params: { query: { ...filter, ...(pageParam ? { cursor: pageParam } : {}) } }, signal })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    placeholderData: keepPreviousData,
  });
