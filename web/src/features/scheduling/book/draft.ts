import { orNull } from '@/shared/forms/merge';
import type { Labels } from '@/shared/forms/useFields';
import type { Issues } from '@/shared/forms/useRecordForm';
import { wholeOf } from '@/shared/i18n/digits';
import type { Colour } from '@/shared/ui/colour';
import type { NewAppointment, NewHold, NewSeries } from '../api';
import type { Chosen, Question } from './Times';

export type Draft = {
  patientId: string | null;
  serviceId: string | null;
  locationId: string | null;
  /** Null for anybody. */
  providerId: string | null;
  /** Who else takes part. */
  also: string[];
  /** None for the first that is free. */
  roomIds: string[];
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
  also: [],
  roomIds: known.roomId ? [known.roomId] : [],
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
  also: 'scheduling.book.together',
  roomIds: 'scheduling.book.room',
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

/** Everybody who takes part, the main one first; nobody while that one is not known. */
export function allOf(d: Pick<Draft, 'providerId' | 'by' | 'also'>): string[] {
  const main = withWhom(d);
  return main ? [main, ...d.also.filter((id) => id !== main)] : [];
}

/** How long, where that was typed and is right. */
export const lengthOf = ({ minutes }: Pick<Draft, 'minutes'>): { durationMinutes?: number } => (minutes.trim() && lengthIsRight(minutes) ? { durationMinutes: wholeOf(minutes)! } : {});

/** When all of them are free; nothing while it is not known what is to be done, and where. */
export function questionOf(d: Draft): Question | undefined {
  if (!d.serviceId || !d.locationId) return undefined;
  return {
    serviceId: d.serviceId,
    locationId: d.locationId,
    ...(d.providerId ? { providerId: d.providerId } : {}),
    ...withThese(d.also, d.roomIds),
    ...lengthOf(d),
    ...(d.patientId ? { patientId: d.patientId } : {}),
  };
}

/** Of a question: who else, and in which rooms. */
export const withThese = (also: readonly string[], roomIds: readonly string[]): Pick<Question, 'alsoProviderIds' | 'roomIds'> => ({
  ...(also.length ? { alsoProviderIds: also.join(',') } : {}),
  ...(roomIds.length ? { roomIds: roomIds.join(',') } : {}),
});

/** At another time: with who was wanted, or where they are not free with who is. */
export function insteadOf({ providerId }: Pick<Draft, 'providerId'>, { start, providerIds }: Chosen): Partial<Draft> {
  const other = providerIds[0] ?? null;
  return { start, overbooking: undefined, ...(providerId && !providerIds.includes(providerId) ? { providerId: other } : { by: other }) };
}

/** Only for a draft in which it is known. */
const placeOf = (d: Draft): NewHold => ({
  serviceId: d.serviceId!,
  locationId: d.locationId!,
  providerIds: allOf(d),
  start: d.start,
  ...(d.roomIds.length ? { roomIds: d.roomIds } : {}),
  ...lengthOf(d),
});

/** What to keep while the rest is entered; nothing while it is not known, or while it is booked over something else. */
export const holdOf = (d: Draft): NewHold | undefined =>
  d.serviceId && d.locationId && withWhom(d) && d.start && d.overbooking === undefined && lengthIsRight(d.minutes) ? placeOf(d) : undefined;

/** Only for a draft without issues. */
export function appointmentOf(d: Draft, holdId: string | undefined): NewAppointment {
  const why = orNull(d.overbooking ?? '');
  return {
    patientId: d.patientId!,
    ...placeOf(d),
    reason: orNull(d.reason),
    notes: orNull(d.notes),
    colour: d.colour,
    deposit: d.deposit,
    ...(why ? { overbooking: why } : {}),
    ...(holdId ? { holdId } : {}),
  };
}

export const seriesOf = (d: Draft, holdId: string | undefined): NewSeries => ({ first: appointmentOf(d, holdId), every: wholeOf(d.every)!, unit: d.unit, times: wholeOf(d.times)! });
