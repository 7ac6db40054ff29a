import { expect, it } from 'vitest';
import { clockOf, type Draft, emptyDraft, fieldsOf, issuesOf } from './draft';

const whole: Draft = { ...emptyDraft({ patientId: 'p', serviceId: 's', locationId: 'l', providerId: 'd' }), windows: [{ weekdays: [1, 3], from: '8', to: '12:30' }], noticeMinutes: '120' };

it('reads times of day as people type them, in both scripts', () => {
  expect(['8', '08:30', '0830', '٨:٣٠', '24:00', '8.15'].map(clockOf)).toEqual(['08:00', '08:30', '08:30', '08:30', '24:00', '08:15']);
  expect(['8 pm', '12 am', '8:30 p.m.', '٨ م'].map(clockOf)).toEqual(['20:00', '00:00', '20:30', '20:00']);
  expect(['', '25', '24:01', '8:60', 'noon', '1:2'].map(clockOf)).toEqual([undefined, undefined, undefined, undefined, undefined, undefined]);
});

it('says what the server expects', () => {
  expect(issuesOf(whole)).toEqual({});
  expect(fieldsOf(whole)).toMatchObject({ providerIds: ['d'], windows: [{ weekdays: [1, 3], from: '08:00', to: '12:30' }], noticeMinutes: 120, earliest: null, note: null });
});

it('finds what is missing or wrong', () => {
  expect(Object.keys(issuesOf(emptyDraft({})))).toEqual(['patientId', 'serviceId', 'locationId']);
  const wrong: Draft = { ...whole, earliest: '2030-02-02', latest: '2030-02-01', noticeMinutes: '43201', windows: [{ weekdays: [], from: '12:00', to: '12:00' }] };
  expect(Object.keys(issuesOf(wrong)).sort()).toEqual(['latest', 'noticeMinutes', 'windows']);
});
