import { infiniteQueryOptions, keepPreviousData, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { api, unwrap } from '@/shared/api/client';
import { crud } from '@/shared/api/crud';
import type { Schemas } from '@/shared/api/problem';
import type { Filter } from '@/shared/filter/filter';
import type { Sort } from './search';

/** What is entered; a request may leave members out, an answer never does. */
export type PatientFields = Required<Schemas['PatientFields']> & { consents: Required<Schemas['Consents']> };
export type Patient = PatientFields & Pick<Schemas['Patient'], 'id' | 'number' | 'deletedAt' | 'mergedInto' | 'version' | 'createdAt' | 'updatedAt'>;
export type PatientItem = Schemas['PatientItem'];
export type PatientStatus = Schemas['PatientStatus'];
export type Alert = Schemas['Alert'];
export type Entry = Schemas['TimelineEntry'];
export type Tag = Schemas['Tag'];
export type Person = Pick<Schemas['Member'], 'id' | 'name'>;

const PAGE = 50;
const ENTRIES = 30;
// keys begin with the topic of the live messages about the record
const PATIENT = 'patient';
const NEW_KEY = (key: string) => ({ header: { 'Idempotency-Key': key } });
// the document cannot say that an answer has every member
const whole = (answer: Promise<Schemas['Patient']>) => answer as Promise<Patient>;

export type Listed = { deleted: boolean; filter: Filter | undefined; sort: Sort; q: string };

/** Asked by POST: what is searched for is in the body, and in no address. */
export const patientListQuery = ({ deleted, filter, sort, q }: Listed) =>
  infiniteQueryOptions({
    queryKey: [PATIENT, 'list', { deleted, filter, sort, q }] as const,
    queryFn: ({ pageParam, signal }) => {
      const body = {
        limit: PAGE,
        sort,
        deleted,
        ...(q ? { q } : {}),
        ...(filter ? { filter } : {}),
        ...(pageParam ? { cursor: pageParam } : {}),
      };
      return unwrap(api.POST('/api/v1/patients/query', { body: body as Schemas['PatientQuery'], signal }));
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    placeholderData: keepPreviousData,
  });

/** Who fits what was typed so far, the best first. */
export const patientSearchQuery = (q: string, limit = 8) =>
  queryOptions({
    queryKey: [PATIENT, 'search', q, limit] as const,
    queryFn: async ({ signal }) => (await unwrap(api.POST('/api/v1/patients/search', { body: { q, limit }, signal }))).items,
    placeholderData: keepPreviousData,
    // what was typed is not kept
    gcTime: 30_000,
  });

export const patientQuery = (id: string) =>
  queryOptions({
    queryKey: [PATIENT, 'one', id] as const,
    queryFn: ({ signal }) => whole(unwrap(api.GET('/api/v1/patients/{id}', { params: { path: { id } }, signal }))),
  });

/** Which part of a timeline: everything, or what concerns one kind of thing. */
export type Shown = 'all' | keyof typeof resourceOf;
const resourceOf = { notes: 'note', changes: 'patient', tasks: 'task', appointments: 'appointment', calls: 'call', files: 'file' } as const;

export const timelineQuery = (id: string, show: Shown) =>
  infiniteQueryOptions({
    queryKey: [PATIENT, 'timeline', id, show] as const,
    queryFn: ({ pageParam, signal }) =>
      unwrap(
        api.GET('/api/v1/patients/{id}/timeline', {
          params: { path: { id }, query: { limit: ENTRIES, ...(show === 'all' ? {} : { resource: resourceOf[show] }), ...(pageParam ? { cursor: pageParam } : {}) } },
          signal,
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    placeholderData: keepPreviousData,
  });

const RECENT = 3;
/** The last things that happened. */
export const recentQuery = (id: string) =>
  queryOptions({
    queryKey: [PATIENT, 'timeline', id, 'recent'] as const,
    queryFn: async ({ signal }) => (await unwrap(api.GET('/api/v1/patients/{id}/timeline', { params: { path: { id }, query: { limit: RECENT } }, signal }))).items,
  });

/** Keeps what the server answered, and has everything else about patients fetched again. */
function useKeep() {
  const client = useQueryClient();
  return (patient: Patient) => {
    client.setQueryData(patientQuery(patient.id).queryKey, patient);
    for (const part of ['list', 'search', 'timeline']) void client.invalidateQueries({ queryKey: [PATIENT, part] });
    void client.invalidateQueries({ queryKey: ['tag'] });
  };
}

/** `key` stays the same when the same form is sent again after a lost answer, so that one patient is made, not two. */
export function useCreatePatient() {
  const onSuccess = useKeep();
  return useMutation({
    mutationFn: ({ body, key }: { body: PatientFields; key: string }) => whole(unwrap(api.POST('/api/v1/patients', { body, params: NEW_KEY(key) }))),
    onSuccess,
  });
}

export function useChangePatient() {
  const onSuccess = useKeep();
  return useMutation({
    mutationFn: ({ id, body }: { id: string; body: Partial<PatientFields> & { version: number } }) =>
      whole(unwrap(api.PATCH('/api/v1/patients/{id}', { body: body as Schemas['Change_PatientFields'], params: { path: { id } } }))),
    onSuccess,
  });
}

/** Deletes or restores. */
export function useSetDeleted() {
  const keep = useKeep();
  return async ({ id, version }: Pick<Patient, 'id' | 'version'>, deleted: boolean): Promise<Patient> => {
    const request = { params: { path: { id } }, body: { version } };
    const now = await whole(unwrap(deleted ? api.POST('/api/v1/patients/{id}/delete', request) : api.POST('/api/v1/patients/{id}/restore', request)));
    keep(now);
    return now;
  };
}

export function useWriteNote(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ body, key }: { body: Schemas['NewNote']; key: string }) =>
      unwrap(api.POST('/api/v1/patients/{id}/notes', { body, params: { path: { id }, ...NEW_KEY(key) } })),
    onSuccess: () => client.invalidateQueries({ queryKey: [PATIENT, 'timeline', id] }),
  });
}

export const tags = crud<Tag, Schemas['NewTag'], Omit<Schemas['TagChange'], 'version'>>('tag', {
  list: async (signal) => (await unwrap(api.GET('/api/v1/tags', { signal }))).items,
  // there is no reading of one alone, and never so many that it would matter
  one: async (id, signal) => {
    const found = (await unwrap(api.GET('/api/v1/tags', { signal }))).items.find((tag) => tag.id === id);
    if (!found) throw new Error('no such tag');
    return found;
  },
  create: (body, key) => unwrap(api.POST('/api/v1/tags', { body, params: NEW_KEY(key) })),
  change: (id, body) => unwrap(api.PATCH('/api/v1/tags/{id}', { body, params: { path: { id } } })),
});

export function useDeleteTag() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, version }: Pick<Tag, 'id' | 'version'>) => unwrap(api.POST('/api/v1/tags/{id}/delete', { params: { path: { id } }, body: { version } })),
    onSuccess: () => {
      for (const topic of ['tag', PATIENT]) void client.invalidateQueries({ queryKey: [topic] });
    },
  });
}

/** More than any practice employs. */
const EVERYBODY = 200;
/** Who works here, for mentioning them; the same as elsewhere, so that it is fetched once. */
export const peopleQuery = queryOptions({
  queryKey: ['staff', 'names'] as const,
  queryFn: async ({ signal }): Promise<(Person & Pick<Schemas['Member'], 'role' | 'status'>)[]> =>
    (await unwrap(api.GET('/api/v1/staff', { params: { query: { status: 'all', limit: EVERYBODY } }, signal }))).items,
});
