import { api, unwrap } from '@/shared/api/client';
import { crud } from '@/shared/api/crud';
import type { Schemas } from '@/shared/api/problem';

export type Location = Schemas['Location'];
export type NewLocation = Schemas['NewLocation'];
export type LocationChange = Omit<Schemas['LocationChange'], 'version'>;

/** More than any practice has; what lies beyond is not shown. */
const ALL = 200;

export const locations = crud<Location, NewLocation, LocationChange>(
  'location',
  {
    list: async (signal) => (await unwrap(api.GET('/api/v1/locations', { params: { query: { status: 'all', limit: ALL } }, signal }))).items,
    one: (id, signal) => unwrap(api.GET('/api/v1/locations/{id}', { params: { path: { id } }, signal })),
    create: (body, key) => unwrap(api.POST('/api/v1/locations', { body, params: { header: { 'Idempotency-Key': key } } })),
    change: (id, body) => unwrap(api.PATCH('/api/v1/locations/{id}', { body, params: { path: { id } } })),
  },
  ['hours'],
);

export const setLocationArchived = ({ id, version }: Location, archived: boolean): Promise<Location> => {
  const request = { params: { path: { id } }, body: { version } };
  return unwrap(archived ? api.POST('/api/v1/locations/{id}/archive', request) : api.POST('/api/v1/locations/{id}/restore', request));
};
