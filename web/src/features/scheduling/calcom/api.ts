import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { api, unwrap } from '@/shared/api/client';
import type { Schemas } from '@/shared/api/problem';

export type Settings = Schemas['CalcomSettings'];
export type NewSettings = Schemas['NewCalcomSettings'];
export type Mapping = Schemas['CalcomMapping'];
export type EventType = Schemas['CalcomEventType'];
export type Booking = Schemas['CalcomBooking'];
export type Action = Schemas['CalcomAction'];
export type NewSandboxBooking = Schemas['NewSandboxBooking'];

// keys begin with the topic of the live messages about them
const KEY = 'calcom';
const BOOKINGS = 'calcom_booking';

export const connectionQuery = queryOptions({
  queryKey: [KEY, 'settings'] as const,
  queryFn: ({ signal }) => unwrap(api.GET('/api/v1/calcom', { signal })),
});

export const mappingsQuery = queryOptions({
  queryKey: [KEY, 'mappings'] as const,
  queryFn: ({ signal }) => unwrap(api.GET('/api/v1/calcom/mappings', { signal })),
});

/** What can be booked there; asked anew for each provider. */
export const eventTypesQuery = (provider: Settings['provider']) =>
  queryOptions({
    queryKey: [KEY, 'event-types', provider] as const,
    queryFn: async ({ signal }) => (await unwrap(api.GET('/api/v1/calcom/event-types', { signal }))).items,
    retry: false,
  });

export const needsQuery = infiniteQueryOptions({
  queryKey: [BOOKINGS, 'needs'] as const,
  queryFn: ({ pageParam, signal }) =>
    unwrap(api.GET('/api/v1/calcom-bookings', { params: { query: { state: 'needs_attention', limit: 50, ...(pageParam ? { cursor: pageParam } : {}) } }, signal })),
  initialPageParam: undefined as string | undefined,
  getNextPageParam: (page) => page.nextCursor ?? undefined,
});

export const ofAppointmentQuery = (id: string) =>
  queryOptions({
    queryKey: [BOOKINGS, 'of', id] as const,
    queryFn: async ({ signal }) => (await unwrap(api.GET('/api/v1/appointments/{id}/calcom', { params: { path: { id } }, signal }))).booking,
  });

function useRefreshing<V, R>(work: (variables: V) => Promise<R>, topics: readonly string[]) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: work,
    onSuccess: () => {
      for (const topic of topics) void client.invalidateQueries({ queryKey: [topic] });
    },
  });
}

export const useConnect = () => useRefreshing((body: NewSettings) => unwrap(api.PUT('/api/v1/calcom', { body })), [KEY, BOOKINGS]);
export const useTest = () => useRefreshing(() => unwrap(api.POST('/api/v1/calcom/test', {})), [KEY]);
export const useRenewSecret = () => useRefreshing((version: number) => unwrap(api.POST('/api/v1/calcom/webhook-secret', { body: { version } })), [KEY]);
export const useSetMappings = () =>
  useRefreshing((body: { version: number; items: Mapping[] }) => unwrap(api.PUT('/api/v1/calcom/mappings', { body })), [KEY]);

export const useResolve = () =>
  useRefreshing(
    ({ booking, action, overbooking }: { booking: Booking; action: Action; overbooking?: string }) =>
      unwrap(
        api.POST('/api/v1/calcom-bookings/{id}/resolve', {
          params: { path: { id: booking.id } },
          body: { version: booking.version, action, ...(overbooking ? { overbooking } : {}) },
        }),
      ),
    [BOOKINGS, 'appointment'],
  );

export const useSandboxBooking = () =>
  useRefreshing(
    ({ body, key }: { body: NewSandboxBooking; key: string }) =>
      unwrap(api.POST('/api/v1/calcom/sandbox-bookings', { body, params: { header: { 'Idempotency-Key': key } } })),
    [BOOKINGS, 'appointment'],
  );
