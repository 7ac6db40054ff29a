import { infiniteQueryOptions, keepPreviousData, type QueryClient, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { api, unwrap } from '@/shared/api/client';
import type { Schemas } from '@/shared/api/problem';
import { type Move, moved } from './moved';

export type Appointment = Schemas['Appointment'];
/** An appointment with who comes. */
export type Item = Schemas['AppointmentItem'];
export type Visitor = Schemas['Visitor'];
export type Status = Schemas['AppointmentStatus'];
export type Calendar = Schemas['Calendar'];
export type ProviderHours = Schemas['ProviderHours'];
export type DayNumber = Schemas['DayNumber'];
export type NewAppointment = Schemas['NewAppointment'];
export type NewSeries = Schemas['NewAppointmentSeries'];
export type Details = Schemas['AppointmentDetails'];
export type Cancel = Schemas['CancelAppointment'];
export type CancelReason = Schemas['CancelReason'];
export type Slot = Schemas['Slot'];
export type Hold = Schemas['Hold'];
export type NewHold = Schemas['NewHold'];
export type Settings = Schemas['SchedulingSettings'];
export type Rules = Schemas['SchedulingRules'];
export type { Move } from './moved';

const PAGE = 50;
// keys begin with the topic of the live messages about the record
const KEY = 'appointment';
const CALENDARS = [KEY, 'calendar'] as const;
const NEW_KEY = (key: string) => ({ header: { 'Idempotency-Key': key } });

/** Local days of the location, both included. */
export type Days = { locationId: string; from: string; to: string };

/** Everything of some days at a location, a week at most. */
export const calendarQuery = (days: Days) =>
  queryOptions({
    queryKey: [...CALENDARS, days] as const,
    queryFn: ({ signal }) => unwrap(api.GET('/api/v1/calendar', { params: { query: days }, signal })),
    // other days of the same place are a good picture of what comes; another place is not
    placeholderData: (before, query) => (query?.queryKey[2].locationId === days.locationId ? before : undefined),
  });

/** Days in numbers, six weeks at most. */
export const daysQuery = (days: Days) =>
  queryOptions({
    queryKey: [KEY, 'days', days] as const,
    queryFn: async ({ signal }) => (await unwrap(api.GET('/api/v1/calendar/days', { params: { query: days }, signal }))).items,
    placeholderData: (before, query) => (query?.queryKey[2].locationId === days.locationId ? before : undefined),
  });

/** Which appointments to list; `from` and `to` are instants. */
export type Listed = { patientId?: string; providerId?: string; locationId?: string; status?: Status; from?: string; to?: string; sort?: 'start' | '-start' };

export const appointmentListQuery = (asked: Listed) =>
  infiniteQueryOptions({
    queryKey: [KEY, 'list', asked] as const,
    queryFn: ({ pageParam, signal }) =>
      unwrap(api.GET('/api/v1/appointments', { params: { query: { limit: PAGE, ...asked, ...(pageParam ? { cursor: pageParam } : {}) } }, signal })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    placeholderData: keepPreviousData,
  });

export const appointmentQuery = (id: string) =>
  queryOptions({
    queryKey: [KEY, 'one', id] as const,
    queryFn: ({ signal }) => unwrap(api.GET('/api/v1/appointments/{id}', { params: { path: { id } }, signal })),
  });

export type PartOfDay = 'morning' | 'afternoon' | 'evening';
/**
 * `alsoProviderIds` and `roomIds`, with commas between them: all of these are free as well. `moving`: an appointment that
 * is to be moved, and therefore in nobody's way.
 */
export type SlotsAsked = Days & {
  serviceId: string;
  providerId?: string;
  alsoProviderIds?: string;
  roomIds?: string;
  durationMinutes?: number;
  part?: PartOfDay;
  patientId?: string;
  moving?: string;
  limit?: number;
};

/** What is free, a month at most. */
export const slotsQuery = (asked: SlotsAsked) =>
  queryOptions({
    queryKey: [KEY, 'slots', asked] as const,
    queryFn: ({ signal }) => unwrap(api.GET('/api/v1/slots', { params: { query: asked }, signal })),
    placeholderData: keepPreviousData,
  });

export const settingsQuery = queryOptions({
  queryKey: ['scheduling_settings'] as const,
  queryFn: ({ signal }) => unwrap(api.GET('/api/v1/scheduling-settings', { signal })),
});

/** What a change of an appointment makes untrue elsewhere. */
function refresh(client: QueryClient) {
  void client.invalidateQueries({ queryKey: [KEY] });
  void client.invalidateQueries({ queryKey: ['patient', 'timeline'] });
}

/** Shows an appointment as the server has it now wherever its days are on screen, until they are fetched again. */
function show(client: QueryClient, now: Appointment) {
  client.setQueryData(appointmentQuery(now.id).queryKey, now);
  client.setQueriesData<Calendar>({ queryKey: CALENDARS }, (calendar) =>
    calendar?.items.some((item) => item.id === now.id)
      ? { ...calendar, items: calendar.items.map((item) => (item.id === now.id ? { ...item, ...now } : item)) }
      : calendar,
  );
}

/** A mutation that answers with the appointment as it is now. */
function useAction<V>(work: (variables: V) => Promise<Appointment>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: work,
    onSuccess: (now) => {
      show(client, now);
      refresh(client);
    },
  });
}

type At = { id: string; version: number };
const at = (id: string) => ({ params: { path: { id } } });

/** `key` stays the same when the same form is sent again after a lost answer, so that it is booked once. */
export const useBook = () =>
  useAction(({ body, key }: { body: NewAppointment; key: string }) => unwrap(api.POST('/api/v1/appointments', { body, params: NEW_KEY(key) })));

export function useBookSeries() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ body, key }: { body: NewSeries; key: string }) => unwrap(api.POST('/api/v1/appointment-series', { body, params: NEW_KEY(key) })),
    onSuccess: () => refresh(client),
  });
}

export const useChange = () =>
  useAction(({ id, body }: { id: string; body: Partial<Details> & { version: number } }) =>
    unwrap(api.PATCH('/api/v1/appointments/{id}', { ...at(id), body: body as Schemas['Change_AppointmentDetails'] })),
  );

/** Moves: shown at once in every calendar on screen, taken back if the server refuses. */
export function useMove() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, body }: { id: string; body: Move }) =>
      unwrap(api.POST('/api/v1/appointments/{id}/move', { ...at(id), body })),
    onMutate: async ({ id, body }) => {
      await client.cancelQueries({ queryKey: CALENDARS });
      const before = client.getQueriesData<Calendar>({ queryKey: CALENDARS });
      client.setQueriesData<Calendar>({ queryKey: CALENDARS }, (calendar) => (calendar ? { ...calendar, items: moved(calendar.items, id, body) } : calendar));
      return { before };
    },
    onError: (_error, _variables, context) => {
      for (const [key, calendar] of context?.before ?? []) client.setQueryData(key, calendar);
      void client.invalidateQueries({ queryKey: [KEY] });
    },
    onSuccess: (now) => {
      show(client, now);
      refresh(client);
    },
  });
}

export const useSetStatus = () =>
  useAction(({ id, ...body }: At & { status: Exclude<Status, 'cancelled'> }) => unwrap(api.POST('/api/v1/appointments/{id}/status', { ...at(id), body })));

export const useCheckOut = () => useAction(({ id, version }: At) => unwrap(api.POST('/api/v1/appointments/{id}/check-out', { ...at(id), body: { version } })));

export const useCancel = () => useAction(({ id, body }: { id: string; body: Cancel }) => unwrap(api.POST('/api/v1/appointments/{id}/cancel', { ...at(id), body })));

/** Keeps a slot while somebody is deciding. */
export const useHold = () =>
  useMutation({ mutationFn: ({ body, key }: { body: NewHold; key: string }) => unwrap(api.POST('/api/v1/holds', { body, params: NEW_KEY(key) })) });

export const useRelease = () => useMutation({ mutationFn: (id: string) => unwrap(api.POST('/api/v1/holds/{id}/release', at(id))) });

export function useSetSettings() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: { version: number; rules: Rules }) => unwrap(api.PUT('/api/v1/scheduling-settings', { body })),
    onSuccess: (now) => {
      client.setQueryData(settingsQuery.queryKey, now);
      void client.invalidateQueries({ queryKey: [KEY, 'slots'] });
    },
  });
}
