import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { api, unwrap } from '@/shared/api/client';
import type { Schemas } from '@/shared/api/problem';
import { publicApi } from '@/shared/api/public';

export type PublicPractice = Schemas['PublicPractice'];
export type PublicService = Schemas['PublicService'];
export type PublicLocation = Schemas['PublicLocation'];
export type PublicProvider = Schemas['PublicProvider'];
export type VisitorHold = Schemas['VisitorHold'];
export type NewVisit = Schemas['NewOnlineAppointment'];
export type BookedVisit = Schemas['OnlineAppointment'];
export type Alternative = { start: string; end: string; providerId: string | null };

const key = (key: string) => ({ header: { 'Idempotency-Key': key } });
/** Without a slug it is the practice at whose own address the page is. */
const named = (practice: string | undefined) => (practice ? { practice } : {});

export const practiceQuery = (practice: string | undefined) =>
  queryOptions({
    queryKey: ['booking', 'practice', practice ?? ''] as const,
    queryFn: ({ signal }) => unwrap(publicApi.GET('/api/v1/booking/practice', { params: { query: named(practice) }, signal })),
    staleTime: 60_000,
    retry: false,
  });

/** What somebody wants, as far as the server needs it to say when. */
export type Wish = { practice: string; service: string; locationId: string; providerId?: string };

export const timesQuery = (wish: Wish, from: string, to: string) =>
  queryOptions({
    queryKey: ['booking', 'times', wish, from, to] as const,
    queryFn: ({ signal }) => unwrap(publicApi.GET('/api/v1/booking/times', { params: { query: { ...wish, from, to } }, signal })),
    staleTime: 20_000,
  });

export const hold = (body: Wish & { start: string }, uuid: string) => unwrap(publicApi.POST('/api/v1/booking/holds', { body, params: key(uuid) }));
export const release = (practice: string, { id, key: opens }: VisitorHold) =>
  unwrap(publicApi.POST('/api/v1/booking/holds/release', { body: { practice, hold: { id, key: opens } } }));
export const book = (body: NewVisit, uuid: string) => unwrap(publicApi.POST('/api/v1/booking/appointments', { body, params: key(uuid) }));

export type OnlineBooking = Schemas['OnlineBooking'];
export type OnlineRules = Schemas['OnlineRules'];
export type OnlineService = Schemas['OnlineService'];

export const onlineQuery = queryOptions({
  // begins with the topic of the live messages about it
  queryKey: ['online_booking', 'rules'] as const,
  queryFn: ({ signal }) => unwrap(api.GET('/api/v1/online-booking', { signal })),
});
export const addressQuery = queryOptions({
  queryKey: ['online_booking', 'address'] as const,
  queryFn: ({ signal }) => unwrap(api.GET('/api/v1/online-booking/address', { signal })),
});

export function useDecide() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: { version: number; rules: OnlineRules }) => unwrap(api.PUT('/api/v1/online-booking', { body })),
    onSuccess: (now) => client.setQueryData(onlineQuery.queryKey, now),
  });
}
