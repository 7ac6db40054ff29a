import { queryOptions } from '@tanstack/react-query';
import { call } from '../untyped';

export type Location = { id: string; name: string; nameAr: string | null; address: string | null; phone: string | null; timeZone: string | null; archivedAt: string | null; version: number };

const KEY = 'location';

export const locationsQuery = queryOptions({
  queryKey: [KEY, 'list'] as const,
  queryFn: ({ signal }) => call<{ items: Location[] }>('GET', '/locations', { params: { query: { status: 'all' } }, signal }).then((page) => page.items),
});
