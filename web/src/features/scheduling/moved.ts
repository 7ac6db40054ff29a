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

/** The appointments as they will be once one of them has moved. */
export function moved<A extends Placed>(all: A[], id: string, { start, durationMinutes, providerIds, roomIds, serviceId, locationId }: Move): A[] {
  return all.map((a) => {
    if (a.id !== id) return a;
    const begins = Date.parse(start ?? a.start);
    const lasts = durationMinutes === undefined ? Date.parse(a.end) - Date.parse(a.start) : durationMinutes * MINUTE;
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
