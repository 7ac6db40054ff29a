import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { api, unwrap } from '@/shared/api/client';
import type { Schemas } from '@/shared/api/problem';

export type Offered = Schemas['OfferedVisit'];

const bearing = (token: string) => ({ headers: { Authorization: `Bearer ${token}` } });

/** What was offered to the patient who came by a link; `token` opens that and nothing else. */
export const offerQuery = (token: string) =>
  queryOptions({
    queryKey: ['offered'] as const,
    queryFn: ({ signal }) => unwrap(api.GET('/api/v1/offer', { ...bearing(token), signal })),
    // others may be faster
    refetchInterval: 15_000,
  });

export function useAnswer(token: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (answer: 'accept' | 'decline') => unwrap(api.POST(`/api/v1/offer/${answer}`, bearing(token))),
    onSuccess: (now) => client.setQueryData(offerQuery(token).queryKey, now),
    // whatever it is: it is shown as it stands now
    onError: () => void client.invalidateQueries({ queryKey: offerQuery(token).queryKey }),
  });
}
