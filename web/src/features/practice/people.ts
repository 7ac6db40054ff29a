import { queryOptions } from '@tanstack/react-query';
import { call } from './untyped';

export type Person = { id: string; name: string; role: 'owner' | 'admin' | 'provider' | 'hygienist' | 'assistant' | 'receptionist' | 'accountant' | 'staff'; status: string };

/** More than any practice employs; what lies beyond is not shown. */
const ALL = 200;

/** Who works here, for names beside what is theirs. */
export const peopleQuery = queryOptions({
  queryKey: ['staff', 'names'] as const,
  queryFn: ({ signal }) => call<{ items: Person[] }>('GET', '/staff', { params: { query: { status: 'all', limit: ALL } }, signal }).then((page) => page.items),
});
