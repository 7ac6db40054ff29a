import { orNull } from '@/shared/forms/merge';
import type { Labels } from '@/shared/forms/useFields';
import type { Issues } from '@/shared/forms/useRecordForm';
import { latinDigits } from '@/shared/i18n/money';
import type { Colour } from '@/shared/ui/colour';
import type { NewAppointment, NewHold, NewSeries } from '../api';

export type Draft = {
  patientId: string | null;
  serviceId: string | null;
  locationId: string | null;
  /** Null for anybody. */
  providerId: string | null;
  /** Null for the first that is free. */
  roomId: string | null;
  /** Minutes as they are typed; empty for as long as the service takes. */
  minutes: string;
  /** An instant; empty for none chosen. */
  start: string;
  /** With whom at that time, where anybody will do. */
  by: string | null;
  reason: string;
  notes: string;
  colour: Colour | null;
  deposit: boolean;
  repeats: boolean;
  every: string;
  unit: NewSeries['unit'];
  times: string;
  /** Why over something else; missing for not. */
  overbooking?: string | undefined;
};

export type Known = { [K in 'patientId' | 'serviceId' | 'locationId' | 'providerId' | 'roomId' | 'start']?: string | null | undefined };

export const emptyDraft = (known: Known): Draft => ({
  patientId: known.patientId ?? null,
  serviceId: known.serviceId ?? null,
  locationId: known.locationId ?? null,
  providerId: known.providerId ?? null,
  roomId: known.roomId ?? null,
  minutes: '',
  start: known.start ?? '',
  by: null,
  reason: '',
  notes: '',
  colour: null,
  deposit: false,
  repeats: false,
  every: '1',
  unit: 'week',
  times: '4',
});

export const labels: Labels<Draft> = {
  patientId: 'scheduling.book.patient',
  serviceId: 'scheduling.book.service',
  locationId: 'scheduling.book.location',
  providerId: 'scheduling.book.provider',
  roomId: 'scheduling.book.room',
  minutes: 'scheduling.book.minutes',
  start: 'scheduling.book.time',
  by: 'scheduling.book.provider',
  reason: 'scheduling.book.reason',
  notes: 'scheduling.book.notes',
  colour: 'field.colour',
  deposit: 'scheduling.book.deposit',
  repeats: 'scheduling.book.repeats',
  every: 'scheduling.book.every',
  unit: 'scheduling.book.unit',
  times: 'scheduling.book.times',
  overbooking: 'scheduling.book.over.reason',
};

/** A whole number as it is typed; undefined for anything else. */
export function wholeOf(text: string): number | undefined {
  const plain = latinDigits(text).trim();
  return /^\d{1,6}$/.test(plain) ? Number(plain) : undefined;
}

const within = (text: string, least: number, most: number) => {
  const number = wholeOf(text);
  return number !== undefined && number >= least && number <= most;
};

export const lengthIsRight = (minutes: string) => !minutes.trim() || within(minutes, 5, 720);

export function issuesOf(d: Draft): Issues<Draft> {
  const found: Issues<Draft> = {};
  for (const field of ['patientId', 'serviceId', 'locationId'] as const) if (!d[field]) found[field] = { id: 'field.required' };
  if (!d.start) found.start = { id: 'scheduling.book.chooseTime' };
  else if (!withWhom(d)) found.providerId = { id: 'scheduling.book.chooseProvider' };
  if (!lengthIsRight(d.minutes)) found.minutes = { id: 'field.out_of_range' };
  if (d.repeats && !within(d.every, 1, 52)) found.every = { id: 'field.out_of_range' };
  if (d.repeats && !within(d.times, 2, 52)) found.times = { id: 'field.out_of_range' };
  return found;
}

export const withWhom = ({ providerId, by }: Pick<Draft, 'providerId' | 'by'>) => providerId ?? by;

/** What to keep while the rest is entered; nothing while it is not known, or while it is booked over something else. */
export function holdOf(d: Draft): NewHold | undefined {
  const provider = withWhom(d);
  if (!d.serviceId || !d.locationId || !provider || !d.start || d.overbooking !== undefined || !lengthIsRight(d.minutes)) return undefined;
  return {
    serviceId: d.serviceId,
    locationId: d.locationId,
    providerIds: [provider],
    start: d.start,
    ...(d.roomId ? { roomIds: [d.roomId] } : {}),
    ...(d.minutes.trim() ? { durationMinutes: wholeOf(d.minutes)! } : {}),
  };
}

/** Only for a draft without issues. */
export function appointmentOf(d: Draft, holdId: string | undefined): NewAppointment {
  const why = orNull(d.overbooking ?? '');
  return {
    patientId: d.patientId!,
    serviceId: d.serviceId!,
    locationId: d.locationId!,
    providerIds: [withWhom(d)!],
    start: d.start,
    ...(d.roomId ? { roomIds: [d.roomId] } : {}),
    ...(d.minutes.trim() ? { durationMinutes: wholeOf(d.minutes)! } : {}),
    reason: orNull(d.reason),
    notes: orNull(d.notes),
    colour: d.colour,
    deposit: d.deposit,
    ...(why ? { overbooking: why } : {}),
    ...(holdId ? { holdId } : {}),
  };
}

export const seriesOf = (d: Draft, holdId: string | undefined): NewSeries => ({ first: appointmentOf(d, holdId), every: wholeOf(d.every)!, unit: d.unit, times: wholeOf(d.times)! });
