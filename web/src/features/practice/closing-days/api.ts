import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { crud } from '@/shared/api/crud';
import { api, unwrap } from '@/shared/api/client';
import type { Schemas } from '@/shared/api/problem';

/** A closing day with all its returns. */
export type ClosingDay = Schemas['ClosingDay'];
/** One of its returns. */
export type Return = Schemas['ClosingDayInYear'];
export type Repeats = ClosingDay['repeats'];
export type Move = ClosingDay['moves'][number];
export type NewClosingDay = Schemas['NewClosingDay'];
export type ClosingDayChange = Omit<Schemas['ClosingDayChange'], 'version'>;

const KEY = 'closing_day';

export const yearQuery = (year: number) =>
  queryOptions({
    queryKey: [KEY, 'year', year] as const,
    queryFn: async ({ signal }) => (await unwrap(api.GET('/api/v1/closing-days', { params: { query: { year } }, signal }))).items,
  });

export const suggestionsQuery = (year: number) =>
  queryOptions({
    queryKey: [KEY, 'suggestions', year] as const,
    queryFn: async ({ signal }) => (await unwrap(api.GET('/api/v1/closing-days/suggestions', { params: { query: { year } }, signal }))).items,
  });

const create = (body: NewClosingDay, key: string) => unwrap(api.POST('/api/v1/closing-days', { body, params: { header: { 'Idempotency-Key': key } } }));
const adopt = (keys: string[]) => unwrap(api.POST('/api/v1/closing-days/adopt', { body: { keys } }));

export const closingDays = crud<ClosingDay, NewClosingDay, ClosingDayChange>(KEY, {
  one: (id, signal) => unwrap(api.GET('/api/v1/closing-days/{id}', { params: { path: { id } }, signal })),
  create,
  change: (id, body) => unwrap(api.PATCH('/api/v1/closing-days/{id}', { body, params: { path: { id } } })),
});

function useAgain() {
  const client = useQueryClient();
  return () => client.invalidateQueries({ queryKey: [KEY] });
}

export const useAdopt = () => useMutation({ mutationFn: adopt, onSuccess: useAgain() });

/** Removes a day with all its returns; the way back enters it anew. */
export function useRemoveClosingDay() {
  const again = useAgain();
  const enter = async ({ holiday, date, name, nameAr, repeats }: ClosingDay, key: string) => {
    if (holiday) await adopt([holiday]);
    else await create({ date, name, nameAr, repeats }, key);
  };
  return {
    remove: ({ id, version }: ClosingDay) => unwrap(api.POST('/api/v1/closing-days/{id}/remove', { params: { path: { id } }, body: { version } })).then(again),
    enter: (day: ClosingDay, key: string) => enter(day, key).then(again),
  };
}
