import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, unwrap } from '@/shared/api/client';
import { crud } from '@/shared/api/crud';
import type { Schemas } from '@/shared/api/problem';
import { newSorts } from './order';

export type Room = Schemas['Room'];
export type RoomKind = Room['kind'];
export type NewRoom = Schemas['NewRoom'];
export type RoomChange = Omit<Schemas['RoomChange'], 'version'>;

/** More than any practice has; what lies beyond is not shown. */
const ALL = 200;

const change = (id: string, body: RoomChange & { version: number }): Promise<Room> =>
  unwrap(api.PATCH('/api/v1/rooms/{id}', { body, params: { path: { id } } }));

export const rooms = crud<Room, NewRoom, RoomChange>('room', {
  list: async (signal) => (await unwrap(api.GET('/api/v1/rooms', { params: { query: { status: 'all', sort: 'sort', limit: ALL } }, signal }))).items,
  one: (id, signal) => unwrap(api.GET('/api/v1/rooms/{id}', { params: { path: { id } }, signal })),
  create: (body, key) => unwrap(api.POST('/api/v1/rooms', { body, params: { header: { 'Idempotency-Key': key } } })),
  change,
});

export const setRoomArchived = ({ id, version }: Room, archived: boolean): Promise<Room> => {
  const request = { params: { path: { id } }, body: { version } };
  return unwrap(archived ? api.POST('/api/v1/rooms/{id}/archive', request) : api.POST('/api/v1/rooms/{id}/restore', request));
};

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
