type Placed = { id: string; sort: number; name: string };

const STEP = 10;

export const inOrder = <R extends Placed>(rooms: readonly R[]): R[] => [...rooms].sort((a, b) => a.sort - b.sort || a.name.localeCompare(b.name));

/** Which rooms get another number so that they stand as `ids` says. */
export const newSorts = <R extends Placed>(rooms: readonly R[], ids: readonly string[]): [R, number][] =>
  ids.flatMap((id, n): [R, number][] => {
    const room = rooms.find((r) => r.id === id);
    const sort = (n + 1) * STEP;
    return room && room.sort !== sort ? [[room, sort]] : [];
  });

/** Behind all that are there. */
export const nextSort = (rooms: readonly Placed[]) => Math.max(0, ...rooms.map((r) => r.sort)) + STEP;
