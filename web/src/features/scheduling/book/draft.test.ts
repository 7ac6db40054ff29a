import { expect, it } from 'vitest';
import { allOf, appointmentOf, type Draft, emptyDraft, holdOf, insteadOf, issuesOf, questionOf, seriesOf } from './draft';

const start = '2026-11-22T07:00:00Z';
const whole: Draft = { ...emptyDraft({ patientId: 'p', serviceId: 's', locationId: 'l', start }), by: 'd' };

it('says what is missing', () => {
  expect(Object.keys(issuesOf(emptyDraft({})))).toEqual(['patientId', 'serviceId', 'locationId', 'start']);
  expect(issuesOf(whole)).toEqual({});
  expect(Object.keys(issuesOf({ ...whole, by: null, minutes: '3', repeats: true, times: '1' }))).toEqual(['providerId', 'minutes', 'times']);
});

it('keeps a time as soon as all is known that it depends on', () => {
  expect(holdOf(whole)).toEqual({ serviceId: 's', locationId: 'l', providerIds: ['d'], start });
  expect(holdOf({ ...whole, providerId: 'e', roomIds: ['r'], minutes: '٤٥' })).toEqual({ serviceId: 's', locationId: 'l', providerIds: ['e'], start, roomIds: ['r'], durationMinutes: 45 });
  for (const missing of [{ serviceId: null }, { start: '' }, { by: null }, { minutes: '1' }, { overbooking: '' }]) expect(holdOf({ ...whole, ...missing })).toBeUndefined();
});

it('asks for times when all of them are free, and only once it is known what for', () => {
  expect(questionOf({ ...whole, locationId: null })).toBeUndefined();
  expect(questionOf(whole)).toEqual({ serviceId: 's', locationId: 'l', patientId: 'p' });
  expect(questionOf({ ...whole, providerId: 'd', also: ['e', 'f'], roomIds: ['one', 'two'], minutes: '60' })).toEqual({
    serviceId: 's', locationId: 'l', patientId: 'p', providerId: 'd', alsoProviderIds: 'e,f', roomIds: 'one,two', durationMinutes: 60,
  });
  // a length that is none is no reason to show nothing
  expect(questionOf({ ...whole, minutes: '3' })).not.toHaveProperty('durationMinutes');
});

it('keeps and books all who take part, the main one first, and all of the chairs', () => {
  const several: Draft = { ...whole, also: ['e', 'f'], roomIds: ['one', 'two'] };
  const place = { serviceId: 's', locationId: 'l', providerIds: ['d', 'e', 'f'], roomIds: ['one', 'two'], start };
  expect(holdOf(several)).toEqual(place);
  expect(appointmentOf(several, undefined)).toMatchObject(place);
  expect(seriesOf({ ...several, repeats: true }, undefined).first).toMatchObject(place);
  // whoever became the main one is not named twice; without one there is nobody
  expect(allOf({ ...several, providerId: 'f' })).toEqual(['f', 'e']);
  expect(allOf({ ...several, by: null })).toEqual([]);
  expect(holdOf({ ...several, by: null })).toBeUndefined();
});

it('goes to another time with who was wanted, or else with who is free then', () => {
  const slot = (...providerIds: string[]) => ({ start: '2026-11-22T08:00:00Z', providerIds });
  expect(insteadOf({ providerId: null }, slot('x', 'y'))).toEqual({ start: slot().start, overbooking: undefined, by: 'x' });
  expect(insteadOf({ providerId: 'y' }, slot('x', 'y'))).not.toHaveProperty('providerId');
  expect(insteadOf({ providerId: 'z' }, slot('x', 'y'))).toMatchObject({ providerId: 'x' });
});

it('begins with the chair that was pressed in the calendar', () => {
  expect(emptyDraft({ roomId: 'one' }).roomIds).toEqual(['one']);
  expect(emptyDraft({})).toMatchObject({ also: [], roomIds: [] });
});

it('sends what was entered, and a reason for overbooking only where there is one', () => {
  expect(appointmentOf({ ...whole, reason: ' Pain ', overbooking: ' ' }, 'h')).toEqual({
    patientId: 'p', serviceId: 's', locationId: 'l', providerIds: ['d'], start, reason: 'Pain', notes: null, colour: null, deposit: false, holdId: 'h',
  });
  expect(appointmentOf({ ...whole, overbooking: 'Emergency' }, undefined)).toMatchObject({ overbooking: 'Emergency' });
  expect(seriesOf({ ...whole, repeats: true, every: '2', times: '6' }, undefined)).toMatchObject({ every: 2, unit: 'week', times: 6, first: { start } });
});
