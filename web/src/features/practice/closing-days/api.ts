import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { crud } from '@/shared/api/crud';
import { call } from '../untyped';

export type Repeats = 'none' | 'gregorian' | 'hijri';
export type Move = { from: string; to: string | null };
/** A closing day with all its returns. */
export type ClosingDay = {
  id: string;
  date: string;
  name: string;
  nameAr: string | null;
  repeats: Repeats;
  holiday: string | null;
  moves: Move[];
  version: number;
  createdAt: string;
  updatedAt: string;
};
/** One of its returns. */
export type Return = {
  id: string;
  date: string;
  name: string;
  nameAr: string | null;
  source: 'saudi' | 'own';
  repeats: Repeats;
  hijri: string;
  estimated: boolean;
  movedFrom: string | null;
  moves: Move[];
  version: number;
};
export type Suggestion = { key: string; name: string; nameAr: string; date: string; hijri: string; estimated: boolean; adopted: boolean };
export type NewClosingDay = Pick<ClosingDay, 'date' | 'name' | 'nameAr' | 'repeats'>;
export type ClosingDayChange = Partial<NewClosingDay & Pick<ClosingDay, 'moves'>>;

const KEY = 'closing_day';

export const yearQuery = (year: number) =>
  queryOptions({
    queryKey: [KEY, 'year', year] as const,
    queryFn: ({ signal }) => call<{ items: Return[] }>('GET', '/closing-days', { params: { query: { year } }, signal }).then((found) => found.items),
  });

export const suggestionsQuery = (year: number) =>
  queryOptions({
    queryKey: [KEY, 'suggestions', year] as const,
    queryFn: ({ signal }) => call<{ items: Suggestion[] }>('GET', '/closing-days/suggestions', { params: { query: { year } }, signal }).then((found) => found.items),
  });

export const closingDays = crud<ClosingDay, NewClosingDay, ClosingDayChange>(KEY, {
  one: (id, signal) => call('GET', '/closing-days/{id}', { params: { path: { id } }, signal }),
  create: (body, key) => call('POST', '/closing-days', { body, params: { header: { 'Idempotency-Key': key } } }),
  change: (id, body) => call('PATCH', '/closing-days/{id}', { body, params: { path: { id } } }),
});

function useAgain() {
  const client = useQueryClient();
  return () => client.invalidateQueries({ queryKey: [KEY] });
}

export function useAdopt() {
  return useMutation({ mutationFn: (keys: string[]) => call<unknown>('POST', '/closing-days/adopt', { body: { keys } }), onSuccess: useAgain() });
}

/** Removes a day with all its returns; the way back enters it anew. */
export function useRemoveClosingDay() {
  const again = useAgain();
  const enter = async (day: ClosingDay, key: string) => {
    if (day.holiday) return call<unknown>('POST', '/closing-days/adopt', { body: { keys: [day.holiday] } });
    const { date, name, nameAr, repeats } = day;
    return call<unknown>('POST', '/closing-days', { body: { date, name, nameAr, repeats }, params: { header: { 'Idempotency-Key': key } } });
  };
  return {
    remove: ({ id, version }: ClosingDay) => call<unknown>('POST', '/closing-days/{id}/remove', { params: { path: { id } }, body: { version } }).then(again),
    enter: (day: ClosingDay, key: string) => enter(day, key).then(again),
  };
}
