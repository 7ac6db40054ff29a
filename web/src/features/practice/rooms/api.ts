import { useMutation, useQueryClient } from '@tanstack/react-query';
import { crud } from '@/shared/api/crud';
import type { Colour } from '../colour';
import { call } from '../untyped';
import { newSorts } from './order';

export type RoomKind = 'room' | 'chair';
export type Room = {
  id: string;
  locationId: string;
  name: string;
  nameAr: string | null;
  kind: RoomKind;
  colour: Colour;
  sort: number;
  archivedAt: string | null;
  version: number;
  createdAt: string;
  updatedAt: string;
};
export type NewRoom = Pick<Room, 'locationId' | 'name' | 'nameAr' | 'kind' | 'colour' | 'sort'>;
export type RoomChange = Partial<NewRoom>;

/** More than any practice has; what lies beyond is not shown. */
const ALL = 200;

const change = (id: string, body: RoomChange & { version: number }): Promise<Room> => call('PATCH', '/rooms/{id}', { body, params: { path: { id } } });

export const rooms = crud<Room, NewRoom, RoomChange>('room', {
  list: (signal) => call<{ items: Room[] }>('GET', '/rooms', { params: { query: { status: 'all', sort: 'sort', limit: ALL } }, signal }).then((page) => page.items),
  one: (id, signal) => call('GET', '/rooms/{id}', { params: { path: { id } }, signal }),
  create: (body, key) => call('POST', '/rooms', { body, params: { header: { 'Idempotency-Key': key } } }),
  change,
});

export const setRoomArchived = ({ id, version }: Room, archived: boolean): Promise<Room> =>
  call('POST', archived ? '/rooms/{id}/archive' : '/rooms/{id}/restore', { params: { path: { id } }, body: { version } });

/** Gives rooms the order of `ids`: shown at once, and as the server has it if that fails. */
export function useOrderRooms() {
  const client = useQueryClient();
  const key = rooms.listQuery.queryKey;
  return useMutation({
    mutationFn: async (ids: string[]) => {
      const known = client.getQueryData<Room[]>(key) ?? [];
      for (const [room, sort] of newSorts(known, ids)) {
        // one after the other: each carries the version that the list has now
        const { version } = client.getQueryData<Room[]>(key)?.find((r) => r.id === room.id) ?? room;
        const now = await change(room.id, { version, sort });
        client.setQueryData<Room[]>(key, (all) => all?.map((r) => (r.id === now.id ? now : r)));
      }
    },
    scope: { id: 'room-order' },
    onSettled: () => client.invalidateQueries({ queryKey: ['room'] }),
  });
}
