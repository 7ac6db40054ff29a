import { expect, it } from 'vitest';
import type { Appointment } from '../api';
import { changesOf, insteadOf, movingOf, questionOf } from './moving';

const visit = {
  id: 'a',
  patientId: 'p',
  serviceId: 's',
  locationId: 'l',
  start: '2026-11-22T06:30:00Z',
  end: '2026-11-22T07:15:00Z',
  providerIds: ['sara', 'omar'],
  roomIds: ['one', 'two'],
} as unknown as Appointment;
const small = { ...visit, providerIds: ['sara'], roomIds: ['one'] };

it('asks for nothing as long as nothing is different', () => {
  expect(changesOf(visit, movingOf(visit))).toEqual({});
  expect(changesOf(small, movingOf(small))).toEqual({});
  expect(changesOf(small, { ...movingOf(small), minutes: '' })).toEqual({});
});

it('sends all who take part as soon as one of them is another', () => {
  const to = movingOf(visit);
  expect(changesOf(visit, { ...to, provider: 'mona' })).toEqual({ providerIds: ['mona', 'omar'] });
  expect(changesOf(visit, { ...to, provider: 'omar' })).toEqual({ providerIds: ['omar'] });
  expect(changesOf(visit, { ...to, also: [] })).toEqual({ providerIds: ['sara'] });
  expect(changesOf(small, { ...movingOf(small), also: ['omar', 'mona'] })).toEqual({ providerIds: ['sara', 'omar', 'mona'] });
});

it('stays in its chairs until others are chosen; a chair that is chosen is meant', () => {
  expect(changesOf(visit, { ...movingOf(visit), roomIds: ['one'] })).toEqual({ roomIds: ['one'] });
  expect(changesOf(visit, { ...movingOf(visit), roomIds: [] })).toEqual({});
  expect(changesOf(small, { ...movingOf(small), roomIds: ['one'] })).toEqual({ roomIds: ['one'] });
  expect(changesOf(small, { ...movingOf(small), start: '2026-11-22T08:00:00Z', minutes: '٦٠' })).toEqual({ start: '2026-11-22T08:00:00Z', durationMinutes: 60 });
});

it('asks when all of them are free, in all of its chairs', () => {
  const rest = { serviceId: 's', locationId: 'l', providerId: 'sara', patientId: 'p', moving: 'a', durationMinutes: 45 };
  expect(questionOf(visit, movingOf(visit))).toEqual({ ...rest, alsoProviderIds: 'omar', roomIds: 'one,two' });
  expect(questionOf(visit, { ...movingOf(visit), also: [], roomIds: [] })).toEqual({ ...rest, roomIds: 'one,two' });
  // with one chair any other will do as well
  expect(questionOf(small, movingOf(small))).toEqual(rest);
});

it('goes to another time with the same one where they are free then', () => {
  const to = movingOf(visit);
  const slot = (...providerIds: string[]) => ({ start: '2026-11-22T09:00:00Z', providerIds });
  expect(insteadOf(to, slot('sara', 'mona'))).toEqual({ ...to, start: slot().start });
  expect(insteadOf(to, slot('mona'))).toEqual({ ...to, start: slot().start, provider: 'mona' });
  expect(insteadOf(to, slot()).provider).toBe('sara');
});
