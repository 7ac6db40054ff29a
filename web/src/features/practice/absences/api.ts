import { infiniteQueryOptions, keepPreviousData, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import type { Owner } from '../hours/api';
import { call } from '../untyped';

export type Kind = 'vacation' | 'sick' | 'closed' | 'extra';
export type Absence = { id: string; owner: Owner; kind: Kind; from: string; to: string; note: string | null; version: number; createdAt: string; updatedAt: string };
export type NewAbsence = Pick<Absence, 'owner' | 'kind' | 'from' | 'to' | 'note'>;
export type AbsenceChange = Partial<Omit<NewAbsence, 'owner'>>;
type Page = { items: Absence[]; nextCursor: string | null };

const PAGE = 50;
const KEY = 'absence';

/** What is still to come (or lasts) on `today`, or what began before it, the latest first. */
export const absencesQuery = (params: { past: boolean; today: string; owner?: Owner | undefined }) =>
  infiniteQueryOptions({
    queryKey: [KEY, 'list', params] as const,
    queryFn: ({ pageParam, signal }) => {
      const { past, today, owner } = params;
      const when = past ? { to: today, sort: '-from' } : { from: today, sort: 'from' };
      return call<Page>('GET', '/absences', { params: { query: { limit: PAGE, ...when, ...(owner ? { owner } : {}), ...(pageParam ? { cursor: pageParam } : {}) } }, signal });
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    placeholderData: keepPreviousData,
  });

export const absenceQuery = (id: string) =>
  queryOptions({ queryKey: [KEY, 'one', id] as const, queryFn: ({ signal }) => call<Absence>('GET', '/absences/{id}', { params: { path: { id } }, signal }) });

function useKeep() {
  const client = useQueryClient();
  return (absence: Absence) => {
    client.setQueryData(absenceQuery(absence.id).queryKey, absence);
    void client.invalidateQueries({ queryKey: [KEY, 'list'] });
  };
}

const create = (body: NewAbsence, key: string) => call<Absence>('POST', '/absences', { body, params: { header: { 'Idempotency-Key': key } } });

export const useCreateAbsence = () => useMutation({ mutationFn: ({ body, key }: { body: NewAbsence; key: string }) => create(body, key), onSuccess: useKeep() });

export const useChangeAbsence = () =>
  useMutation({
    mutationFn: ({ id, body }: { id: string; body: AbsenceChange & { version: number } }) => call<Absence>('PATCH', '/absences/{id}', { body, params: { path: { id } } }),
    onSuccess: useKeep(),
  });

/** Removes it; the way back enters it anew. */
export function useRemoveAbsence() {
  const client = useQueryClient();
  const again = () => client.invalidateQueries({ queryKey: [KEY, 'list'] });
  return {
    remove: ({ id, version }: Absence) => call<void>('POST', '/absences/{id}/remove', { params: { path: { id } }, body: { version } }).then(again),
    enter: ({ owner, kind, from, to, note }: Absence, key: string) => create({ owner, kind, from, to, note }, key).then(again),
  };
}
