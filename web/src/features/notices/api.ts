import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { api, unwrap } from '@/shared/api/client';
import type { Schemas } from '@/shared/api/problem';

export type Notice = Schemas['NoticeItem'];

// keys begin with the topic of the live messages about the record
const KEY = 'notice';

/** How many one has not read. */
export const unreadQuery = queryOptions({
  queryKey: [KEY, 'unread'] as const,
  queryFn: async ({ signal }) => (await unwrap(api.GET('/api/v1/notices/count', { signal }))).unread,
});

/** What one was told, newest first. */
export const noticesQuery = infiniteQueryOptions({
  queryKey: [KEY, 'list'] as const,
  queryFn: ({ pageParam, signal }) => unwrap(api.GET('/api/v1/notices', { params: { query: { limit: 30, ...(pageParam ? { cursor: pageParam } : {}) } }, signal })),
  initialPageParam: undefined as string | undefined,
  getNextPageParam: (page) => page.nextCursor ?? undefined,
});

export function useMarkRead() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: Schemas['ReadNotices']) => unwrap(api.POST('/api/v1/notices/read', { body })),
    onSuccess: ({ unread }) => {
      client.setQueryData(unreadQuery.queryKey, unread);
      void client.invalidateQueries({ queryKey: [KEY, 'list'] });
    },
  });
}
