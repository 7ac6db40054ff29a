import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { api, unwrap } from '@/shared/api/client';
import type { Schemas } from '@/shared/api/problem';

/** What opening a link gave: lives in the page's memory, for half an hour. */
export type Opened = Schemas['OpenedLink'];
export type Asks = Schemas['PatientLinkQuestion']['asks'];
export type Visit = Schemas['Visit'];
export type VisitSlot = Schemas['VisitSlot'];
export type Answer = { dateOfBirth?: string; phoneDigits?: string };

/** Opens a link, or says what is asked first. */
export const openLink = (token: string, answer: Answer = {}): Promise<Opened | { asks: Asks }> =>
  unwrap(api.POST('/api/v1/patient-links/open', { body: { token, ...answer } }));

const KEY = 'visit';
/** Who came by a link has no session: each request says by which link. */
const by = ({ accessToken }: Opened) => ({ headers: { authorization: `Bearer ${accessToken}` } });

export const visitQuery = (opened: Opened) =>
  queryOptions({
    queryKey: [KEY, opened.accessToken] as const,
    queryFn: ({ signal }) => unwrap(api.GET('/api/v1/visit', { ...by(opened), signal })),
  });

/** Times to move to, 31 days at most. */
export const timesQuery = (opened: Opened, days: { from: string; to: string }) =>
  queryOptions({
    queryKey: [KEY, opened.accessToken, 'times', days] as const,
    queryFn: ({ signal }) => unwrap(api.GET('/api/v1/visit/slots', { ...by(opened), params: { query: days }, signal })),
  });

/** What the patient does, and the visit as it is then. */
function useAction<V>(opened: Opened, work: (variables: V) => Promise<Visit>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: work,
    onSuccess: (now) => client.setQueryData(visitQuery(opened).queryKey, now),
    // what was looked at is not what there is
    onError: () => client.invalidateQueries({ queryKey: [KEY, opened.accessToken] }),
  });
}

export const useConfirm = (opened: Opened) => useAction(opened, (version: number) => unwrap(api.POST('/api/v1/visit/confirm', { ...by(opened), body: { version } })));
export const useMoveVisit = (opened: Opened) => useAction(opened, (body: Schemas['MoveVisit']) => unwrap(api.POST('/api/v1/visit/move', { ...by(opened), body })));
export const useCancelVisit = (opened: Opened) => useAction(opened, (body: Schemas['CancelVisit']) => unwrap(api.POST('/api/v1/visit/cancel', { ...by(opened), body })));

/** The visit as a file that calendar programs take. */
export const takeCalendar = async (opened: Opened): Promise<Blob> => unwrap(api.GET('/api/v1/visit.ics', { ...by(opened), parseAs: 'blob' })) as Promise<unknown> as Promise<Blob>;
