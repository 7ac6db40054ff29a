import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { api, unwrap } from '@/shared/api/client';
import type { Schemas } from '@/shared/api/problem';
import type { Opened } from '../visit-link/api';

export type Offered = Schemas['OfferedVisit'];

/** Others may be faster. */
const LOOK_MS = 15_000;
/** Who came by a link has no session: each request says by which link. */
const by = ({ accessToken }: Opened) => ({ headers: { authorization: `Bearer ${accessToken}` } });

export const offerQuery = (opened: Opened) =>
  queryOptions({
    queryKey: ['offered', opened.accessToken] as const,
    queryFn: ({ signal }) => unwrap(api.GET('/api/v1/offer', { ...by(opened), signal })),
    refetchInterval: LOOK_MS,
  });

export function useAnswer(opened: Opened) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (answer: 'accept' | 'decline') => (answer === 'accept' ? unwrap(api.POST('/api/v1/offer/accept', by(opened))) : unwrap(api.POST('/api/v1/offer/decline', by(opened)))),
    onSuccess: (now) => client.setQueryData(offerQuery(opened).queryKey, now),
    // whatever it is: it is shown as it stands now
    onError: () => client.invalidateQueries({ queryKey: offerQuery(opened).queryKey }),
  });
}
