import type { Appointment } from '../api';
import { lengthIsRight, lengthOf, withThese } from '../book/draft';
import type { Chosen, Question } from '../book/Times';
import { minutesOf, type Move } from '../moved';

/** Where a visit is to go, as it is entered. */
export type Moving = {
  start: string;
  provider: string;
  also: string[];
  /** None where it may stay in its own, or go to the first that is free. */
  roomIds: string[];
  /** Minutes as they are typed. */
  minutes: string;
};

/** Where it is. Who has one chair may get another; who has several needs them. */
export const movingOf = ({ start, end, providerIds: [provider = '', ...also], roomIds }: Appointment): Moving => ({
  start,
  provider,
  also,
  roomIds: roomIds.length > 1 ? roomIds : [],
  minutes: String(minutesOf({ start, end })),
});

export const lengthIsThere = ({ minutes }: Moving) => lengthIsRight(minutes) && !!minutes.trim();

/** Everybody who takes part then, the main one first. */
export const peopleOf = ({ provider, also }: Moving) => [provider, ...also.filter((id) => id !== provider)];

const same = (a: readonly string[], b: readonly string[]) => a.join() === b.join();

/** What is to be different. */
export function changesOf(a: Appointment, to: Moving): Omit<Move, 'version'> {
  const before = movingOf(a);
  const providerIds = peopleOf(to);
  const length = lengthOf(to);
  return {
    ...(Date.parse(to.start) === Date.parse(a.start) ? {} : { start: to.start }),
    ...(same(providerIds, a.providerIds) ? {} : { providerIds }),
    ...(!to.roomIds.length || same(to.roomIds, before.roomIds) ? {} : { roomIds: to.roomIds }),
    ...(length.durationMinutes === minutesOf(a) ? {} : length),
  };
}

/** When all of them are free. */
export const questionOf = (a: Appointment, to: Moving): Question => ({
  serviceId: a.serviceId,
  locationId: a.locationId,
  providerId: to.provider,
  // without a word about them it stays in its several rooms
  ...withThese(peopleOf(to).slice(1), to.roomIds.length ? to.roomIds : movingOf(a).roomIds),
  patientId: a.patientId,
  moving: a.id,
  ...lengthOf(to),
});

/** At another time: with the same one, or where they are not free with who is. */
export const insteadOf = (to: Moving, { start, providerIds }: Chosen): Moving => ({
  ...to,
  start,
  provider: !providerIds.length || providerIds.includes(to.provider) ? to.provider : providerIds[0]!,
});
