import { infiniteQueryOptions, keepPreviousData, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { api, unwrap } from '@/shared/api/client';
import type { Schemas } from '@/shared/api/problem';
import type { Owner } from '../hours/api';

export type Absence = Schemas['Absence'];
export type Kind = Absence['kind'];
export type NewAbsence = Schemas['NewAbsence'];
export type AbsenceChange = Omit<Schemas['AbsenceChange'], 'version'>;

const PAGE = 50;
const KEY = 'absence';

/** What is still to come (or lasts) on `today`, or what began before it, the latest first. */
export const absencesQuery = (params: { past: boolean; today: string; owner?: Owner | undefined }) =>
  infiniteQueryOptions({
    queryKey: [KEY, 'list', params] as const,
    queryFn: ({ pageParam, signal }) => {
      const { past, today, owner } = params;
      const when = past ? { to: today, sort: '-from' } : { from: today, sort: 'from' };
      const query = { limit: PAGE, ...when, ...(owner ? { owner } : {}), ...(pageParam ? { cursor: pageParam } : {}) };
      return unwrap(api.GET('/api/v1/absences', { params: { query }, signal }));
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    placeholderData: keepPreviousData,
  });

export const absenceQuery = (id: string) =>
  queryOptions({ queryKey: [KEY, 'one', id] as const, queryFn: ({ signal }) => unwrap(api.GET('/api/v1/absences/{id}', { params: { path: { id } }, signal })) });

function useKeep() {
  const client = useQueryClient();
  return (absence: Absence) => {
    client.setQueryData(absenceQuery(absence.id).queryKey, absence);
    void client.invalidateQueries({ queryKey: [KEY, 'list'] });
  };
}

const create = (body: NewAbsence, key: string) => unwrap(api.POST('/api/v1/absences', { body, params: { header: { 'Idempotency-Key': key } } }));

export const useCreateAbsence = () => useMutation({ mutationFn: ({ body, key }: { body: NewAbsence; key: string }) => create(body, key), onSuccess: useKeep() });

export const useChangeAbsence = () =>
  useMutation({
    mutationFn: ({ id, body }: { id: string; body: Schemas['AbsenceChange'] }) => unwrap(api.PATCH('/api/v1/absences/{id}', { body, params: { path: { id } } })),
    onSuccess: useKeep(),
  });

/** Removes it; the way back enters it anew. */
export function useRemoveAbsence() {
  const client = useQueryClient();
  const again = () => client.invalidateQueries({ queryKey: [KEY, 'list'] });
  return {
    remove: ({ id, version }: Absence) => unwrap(api.POST('/api/v1/absences/{id}/remove', { params: { path: { id } }, body: { version } })).then(again),
    enter: ({ owner, kind, from, to, note }: Absence, key: string) => create({ owner, kind, from, to, note }, key).then(again),
  };
}
