import type { Schemas } from '@/shared/api/problem';

/** In milliseconds since 1970. */
type Stretch = { start: number; end: number };
/** Somebody who could see a patient, from when until when. */
export type Hole = Stretch & { providerId: string };
type Visit = Pick<Schemas['Appointment'], 'start' | 'end' | 'providerIds' | 'roomIds' | 'status'>;

const MINUTE = 60_000;
/** What is shorter is not worth a telephone call. */
export const SHORTEST = 30 * MINUTE;
const GRID = 5 * MINUTE;

const stretchOf = ({ start, end }: { start: string; end: string }): Stretch => ({ start: Date.parse(start), end: Date.parse(end) });

/** What is left of some stretches without others. */
export function without(open: Stretch[], taken: Stretch[]): Stretch[] {
  return taken.reduce(
    (left, busy) =>
      left.flatMap((one) =>
        busy.end <= one.start || busy.start >= one.end
          ? [one]
          : [
              { start: one.start, end: busy.start },
              { start: busy.end, end: one.end },
            ].filter((part) => part.end > part.start),
      ),
    open,
  );
}

/** Whoever does not come leaves their time to others. */
export const takesTime = ({ status }: Pick<Visit, 'status'>) => status !== 'cancelled' && status !== 'no_show';

/** When every one of the chairs is taken. */
function fullIn(roomIds: readonly string[], visits: Visit[]): Stretch[] {
  const always: Stretch = { start: -Infinity, end: Infinity };
  const free = roomIds.flatMap((room) => without([always], visits.filter((visit) => visit.roomIds.includes(room)).map(stretchOf)));
  return without([always], free);
}

/**
 * Working time from `now` on in which nobody is booked and one of the chairs is free, those that begin first first.
 * Where there are no chairs, none is needed.
 */
export function holesIn(hours: Schemas['ProviderHours'][], all: Visit[], roomIds: readonly string[], now: number): Hole[] {
  const from = Math.ceil(now / GRID) * GRID;
  const visits = all.filter(takesTime);
  const full = roomIds.length ? fullIn(roomIds, visits) : [];
  return hours
    .flatMap(({ providerId, open }) => {
      const taken = visits.filter((visit) => visit.providerIds.includes(providerId)).map(stretchOf);
      const ahead = open.map(stretchOf).flatMap(({ start, end }) => (end > from ? [{ start: Math.max(start, from), end }] : []));
      return without(ahead, [...taken, ...full]).map((hole) => ({ ...hole, providerId }));
    })
    .filter((hole) => hole.end - hole.start >= SHORTEST)
    .sort((a, b) => a.start - b.start || a.providerId.localeCompare(b.providerId));
}

export const minutesIn = (holes: Stretch[]) => Math.round(holes.reduce((sum, { start, end }) => sum + (end - start), 0) / MINUTE);
