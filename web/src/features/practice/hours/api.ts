import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { api, unwrap } from '@/shared/api/client';
import type { Schemas } from '@/shared/api/problem';

export type Hours = Schemas['Hours'];
/** `practice`, `location:{id}` or `provider:{userId}`. */
export type Owner = string;

const KEY = 'hours';

export const hoursQuery = (owner: Owner) =>
  queryOptions({
    queryKey: [KEY, owner] as const,
    queryFn: ({ signal }) => unwrap(api.GET('/api/v1/hours', { params: { query: { owner } }, signal })),
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
    mutationFn: (body: Schemas['NewHours']) => unwrap(api.PUT('/api/v1/hours', { body })),
    onSuccess: useKeep(),
  });
}

export function useResetHours() {
  return useMutation({
    mutationFn: (body: Schemas['ResetHours']) => unwrap(api.POST('/api/v1/hours/reset', { body })),
    onSuccess: useKeep(),
  });
}
