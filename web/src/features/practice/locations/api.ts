import { crud } from '@/shared/api/crud';
import type { Address } from '../address';
import { call } from '../untyped';

export type Location = {
  id: string;
  name: string;
  nameAr: string | null;
  address: Address | null;
  phone: string | null;
  timeZone: string | null;
  archivedAt: string | null;
  version: number;
  createdAt: string;
  updatedAt: string;
};
export type NewLocation = Pick<Location, 'name' | 'nameAr' | 'address' | 'phone' | 'timeZone'>;
export type LocationChange = Partial<NewLocation>;

/** More than any practice has; what lies beyond is not shown. */
const ALL = 200;

export const locations = crud<Location, NewLocation, LocationChange>(
  'location',
  {
    list: (signal) => call<{ items: Location[] }>('GET', '/locations', { params: { query: { status: 'all', limit: ALL } }, signal }).then((page) => page.items),
    one: (id, signal) => call('GET', '/locations/{id}', { params: { path: { id } }, signal }),
    create: (body, key) => call('POST', '/locations', { body, params: { header: { 'Idempotency-Key': key } } }),
    change: (id, body) => call('PATCH', '/locations/{id}', { body, params: { path: { id } } }),
  },
  ['hours'],
);

export const setLocationArchived = ({ id, version }: Location, archived: boolean): Promise<Location> =>
  call('POST', archived ? '/locations/{id}/archive' : '/locations/{id}/restore', { params: { path: { id } }, body: { version } });
