import { parseTime, showTime } from '@/features/practice/hours/time';
import { orNull } from '@/shared/forms/merge';
import type { Labels } from '@/shared/forms/useFields';
import type { Issues } from '@/shared/forms/useRecordForm';
import { wholeOf } from '@/shared/i18n/digits';
import type { Wish, WishFields, WishWindow } from './api';

export type Draft = {
  patientId: string | null;
  serviceId: string | null;
  locationId: string | null;
  providerIds: string[];
  windows: WishWindow[];
  earliest: string;
  latest: string;
  /** As they are typed; empty for none. */
  noticeMinutes: string;
  urgent: boolean;
  note: string;
  givesUpId: string | null;
};

export type Known = Partial<Pick<Draft, 'patientId' | 'serviceId' | 'locationId' | 'givesUpId'>> & { providerId?: string | null | undefined };

export const emptyDraft = (known: Known): Draft => ({
  patientId: known.patientId ?? null,
  serviceId: known.serviceId ?? null,
  locationId: known.locationId ?? null,
  providerIds: known.providerId ? [known.providerId] : [],
  windows: [],
  earliest: '',
  latest: '',
  noticeMinutes: '',
  urgent: false,
  note: '',
  givesUpId: known.givesUpId ?? null,
});

export const draftOf = (wish: Wish): Draft => ({
  patientId: wish.patientId,
  serviceId: wish.serviceId,
  locationId: wish.locationId,
  providerIds: wish.providerIds,
  windows: wish.windows,
  earliest: wish.earliest ?? '',
  latest: wish.latest ?? '',
  noticeMinutes: wish.noticeMinutes ? String(wish.noticeMinutes) : '',
  urgent: wish.urgent,
  note: wish.note ?? '',
  givesUpId: wish.givesUpId,
});

export const labels: Labels<Draft> = {
  patientId: 'scheduling.book.patient',
  serviceId: 'scheduling.book.service',
  locationId: 'scheduling.book.location',
  providerIds: 'waitlist.wish.with',
  windows: 'waitlist.wish.windows',
  earliest: 'waitlist.wish.earliest',
  latest: 'waitlist.wish.latest',
  noticeMinutes: 'waitlist.wish.notice',
  urgent: 'waitlist.wish.urgent',
  note: 'waitlist.wish.note',
  givesUpId: 'waitlist.wish.givesUp',
};

/** The most that can be asked for: thirty days. */
const MOST_MINUTES = 43_200;

/** A time of day as people type it, `8`, `0830` or `8 pm`, as `08:00` and so on; undefined for what is none. */
export function clockOf(text: string): string | undefined {
  const minute = parseTime(text);
  return minute === undefined ? undefined : showTime(minute);
}

export function issuesOf(d: Draft): Issues<Draft> {
  const found: Issues<Draft> = {};
  for (const field of ['patientId', 'serviceId', 'locationId'] as const) if (!d[field]) found[field] = { id: 'field.required' };
  const notice = d.noticeMinutes.trim() ? wholeOf(d.noticeMinutes) : 0;
  if (notice === undefined || notice > MOST_MINUTES) found.noticeMinutes = { id: 'field.out_of_range' };
  if (d.earliest && d.latest && d.latest < d.earliest) found.latest = { id: 'waitlist.wish.lastFirst' };
  if (d.windows.some(({ from, to }) => !(clockOf(from) && clockOf(to) && clockOf(from)! < clockOf(to)!))) found.windows = { id: 'waitlist.wish.badTimes' };
  return found;
}

/** Only for a draft without issues. */
export const fieldsOf = (d: Draft): WishFields => ({
  patientId: d.patientId!,
  serviceId: d.serviceId!,
  locationId: d.locationId!,
  providerIds: d.providerIds,
  windows: d.windows.map(({ weekdays, from, to }) => ({ weekdays, from: clockOf(from)!, to: clockOf(to)! })),
  earliest: orNull(d.earliest),
  latest: orNull(d.latest),
  noticeMinutes: d.noticeMinutes.trim() ? wholeOf(d.noticeMinutes)! : 0,
  urgent: d.urgent,
  note: orNull(d.note),
  givesUpId: d.givesUpId,
});
