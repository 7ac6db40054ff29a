import { queryOptions } from '@tanstack/react-query';
import { call } from '../untyped';

export type Provider = { userId: string; name: string; title: string | null; titleAr: string | null; version: number };

const KEY = 'provider';

export const providersQuery = queryOptions({
  queryKey: [KEY, 'list'] as const,
  queryFn: ({ signal }) => call<{ items: Provider[] }>('GET', '/providers', { params: { query: { status: 'active' } }, signal }).then((page) => page.items),
});
