import { expect, it } from 'vitest';
import { appointmentOf, type Draft, emptyDraft, holdOf, issuesOf, seriesOf, wholeOf } from './draft';

const start = '2026-11-22T07:00:00Z';
const whole: Draft = { ...emptyDraft({ patientId: 'p', serviceId: 's', locationId: 'l', start }), by: 'd' };

it('reads numbers in either digits', () => {
  expect(['12', ' ٣٠ ', '1.5', '-1', '', 'x'].map(wholeOf)).toEqual([12, 30, undefined, undefined, undefined, undefined]);
});

it('says what is missing', () => {
  expect(Object.keys(issuesOf(emptyDraft({})))).toEqual(['patientId', 'serviceId', 'locationId', 'start']);
  expect(issuesOf(whole)).toEqual({});
  expect(Object.keys(issuesOf({ ...whole, by: null, minutes: '3', repeats: true, times: '1' }))).toEqual(['providerId', 'minutes', 'times']);
});

it('keeps a time as soon as all is known that it depends on', () => {
  expect(holdOf(whole)).toEqual({ serviceId: 's', locationId: 'l', providerIds: ['d'], start });
  expect(holdOf({ ...whole, providerId: 'e', roomId: 'r', minutes: '٤٥' })).toEqual({ serviceId: 's', locationId: 'l', providerIds: ['e'], start, roomIds: ['r'], durationMinutes: 45 });
  for (const missing of [{ serviceId: null }, { start: '' }, { by: null }, { minutes: '1' }, { overbooking: '' }]) expect(holdOf({ ...whole, ...missing })).toBeUndefined();
});

it('sends what was entered, and a reason for overbooking only where there is one', () => {
  expect(appointmentOf({ ...whole, reason: ' Pain ', overbooking: ' ' }, 'h')).toEqual({
    patientId: 'p', serviceId: 's', locationId: 'l', providerIds: ['d'], start, reason: 'Pain', notes: null, colour: null, deposit: false, holdId: 'h',
  });
  expect(appointmentOf({ ...whole, overbooking: 'Emergency' }, undefined)).toMatchObject({ overbooking: 'Emergency' });
  expect(seriesOf({ ...whole, repeats: true, every: '2', times: '6' }, undefined)).toMatchObject({ every: 2, unit: 'week', times: 6, first: { start } });
});
