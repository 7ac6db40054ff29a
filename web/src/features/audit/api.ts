import { queryOptions } from '@tanstack/react-query';
import { api, unwrap } from '@/shared/api/client';

const KEY = 'audit';

/** What was signed last. */
export const checkpointQuery = queryOptions({
  queryKey: [KEY, 'checkpoint'] as const,
  queryFn: ({ signal }) => unwrap(api.GET('/api/v1/audit/checkpoint', { signal })),
});
