import type { Schemas } from '@/shared/api/problem';

/** What is to be different about when, where and by whom; what is left out stays. */
export type Move = {
  version: number;
  start?: string;
  durationMinutes?: number;
  providerIds?: string[];
  roomIds?: string[];
  serviceId?: string;
  locationId?: string;
  overbooking?: string;
  holdId?: string;
};

type Placed = Pick<Schemas['Appointment'], 'id' | 'start' | 'end' | 'providerIds' | 'roomIds' | 'serviceId' | 'locationId'>;

const MINUTE = 60_000;

/** How many minutes something lasts. */
export const minutesOf = ({ start, end }: { start: string; end: string }) => Math.round((Date.parse(end) - Date.parse(start)) / MINUTE);

/** The appointments as they will be once one of them has moved. */
export function moved<A extends Placed>(all: A[], id: string, { start, durationMinutes, providerIds, roomIds, serviceId, locationId }: Move): A[] {
  return all.map((a) => {
    if (a.id !== id) return a;
    const begins = Date.parse(start ?? a.start);
    const lasts = (durationMinutes ?? minutesOf(a)) * MINUTE;
    return {
      ...a,
      start: new Date(begins).toISOString(),
      end: new Date(begins + lasts).toISOString(),
      providerIds: providerIds ?? a.providerIds,
      roomIds: roomIds ?? a.roomIds,
      serviceId: serviceId ?? a.serviceId,
      locationId: locationId ?? a.locationId,
    };
  });
}

/** Back to exactly what it was before, from what it is now. */
export const backTo = (before: Placed & { overbooking: string | null }, now: { version: number }): Move => ({
  version: now.version,
  start: before.start,
  durationMinutes: minutesOf(before),
  providerIds: before.providerIds,
  roomIds: before.roomIds,
  locationId: before.locationId,
  serviceId: before.serviceId,
  ...(before.overbooking ? { overbooking: before.overbooking } : {}),
});
