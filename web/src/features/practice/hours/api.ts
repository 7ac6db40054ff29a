import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { call } from '../untyped';
import type { WireDay } from './week';

export type Owner = string;
export type Hours = { owner: Owner; timeZone: string; week: WireDay[]; inherited: boolean; from: Owner | null; version: number };

const KEY = 'hours';

export const hoursQuery = (owner: Owner) =>
  queryOptions({
    queryKey: [KEY, owner] as const,
    queryFn: ({ signal }) => call<Hours>('GET', '/hours', { params: { query: { owner } }, signal }),
  });

/** Others inherit what was saved, so all that is known is asked for again. */
function useKeep() {
  const client = useQueryClient();
  return (hours: Hours) => {
    client.setQueryData(hoursQuery(hours.owner).queryKey, hours);
    void client.invalidateQueries({ queryKey: [KEY] });
  };
}

export function useSaveHours() {
  return useMutation({
    mutationFn: (body: { owner: Owner; week: WireDay[]; version: number }) => call<Hours>('PUT', '/hours', { body }),
    onSuccess: useKeep(),
  });
}

export function useResetHours() {
  return useMutation({
    mutationFn: (body: { owner: Owner; version: number }) => call<Hours>('POST', '/hours/reset', { body }),
    onSuccess: useKeep(),
  });
}
