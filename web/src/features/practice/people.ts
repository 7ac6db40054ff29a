import { queryOptions } from '@tanstack/react-query';
import { api, unwrap } from '@/shared/api/client';
import type { Schemas } from '@/shared/api/problem';

export type Person = Pick<Schemas['Member'], 'id' | 'name' | 'role' | 'status'>;

/** More than any practice employs; what lies beyond is not shown. */
const ALL = 200;

/** Who works here, for names beside what is theirs. */
export const peopleQuery = queryOptions({
  queryKey: ['staff', 'names'] as const,
  queryFn: async ({ signal }): Promise<Person[]> =>
    (await unwrap(api.GET('/api/v1/staff', { params: { query: { status: 'all', limit: ALL } }, signal }))).items,
});
