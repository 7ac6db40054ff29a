import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useCan } from '@/shared/auth/session';
import { appointmentListQuery } from '../api';
import { takesTime } from '../today/holes';

const HOUR = 3_600_000;

/** The next time that a patient comes, what lasts still as well; undefined while it is not known, null for none. */
export function useNextVisit(patientId: string) {
  const can = useCan()('appointments.read');
  // the same question all the time that it is on screen
  const [from] = useState(() => new Date(Math.floor(Date.now() / HOUR) * HOUR).toISOString());
  const list = useInfiniteQuery({ ...appointmentListQuery({ patientId, from, sort: 'start' }), enabled: can });
  if (!can) return null;
  const items = list.data?.pages.flatMap((page) => page.items);
  return items && (items.find((item) => takesTime(item) && item.status !== 'completed') ?? null);
}
