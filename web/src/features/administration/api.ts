import { infiniteQueryOptions, keepPreviousData } from '@tanstack/react-query';
import { api, unwrap } from '@/shared/api/client';
import type { Schemas } from '@/shared/api/problem';

export type Practice = Schemas['ManagedPractice'];
export type PracticeListParams = { status?: Practice['status']; sort?: 'name' | '-createdAt'; q?: string };

const PAGE = 50;

export const practiceListQuery = ({ status, sort = 'name', q }: PracticeListParams) =>
  infiniteQueryOptions({
    queryKey: ['admin', 'practices', { status, sort, q }] as const,
    queryFn: ({ pageParam, signal }) =>
      unwrap(
        api.GET('/api/v1/admin/practices', {
          params: { query: { limit: PAGE, sort, ...(status ? { status } : {}), ...(q ? { q } : {}), ...(pageParam ? { cursor: pageParam } : {}) } },
          signal,
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    placeholderData: keepPreviousData,
  });
