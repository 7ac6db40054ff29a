import { expect, test } from 'vitest';
import { dayBegins, filterOf, patientOf, validateAuditSearch } from './search';

test('what does not fit is dropped from the address', () => {
  const id = '01a1fcc4-e308-7378-9cc5-e148da244392';
  expect(validateAuditSearch({ action: 'login', outcome: 'denied', who: id, from: '2026-11-01', entry: id })).toEqual({
    action: 'login', outcome: 'denied', who: id, from: '2026-11-01', entry: id,
  });
  expect(validateAuditSearch({ action: 'x y', outcome: 'no', who: 7, from: 'today', to: '2026-1-1', other: 1 })).toEqual({});
});

test('a day begins where the practice is', () => {
  expect(dayBegins('Asia/Riyadh', '2026-11-21')).toBe('2026-11-20T21:00:00.000Z');
  expect(dayBegins('Asia/Riyadh', '2026-11-21', 1)).toBe('2026-11-21T21:00:00.000Z');
  // the night when clocks go back in Berlin: the day has 25 hours
  expect(dayBegins('Europe/Berlin', '2026-10-25')).toBe('2026-10-24T22:00:00.000Z');
  expect(dayBegins('Europe/Berlin', '2026-10-25', 1)).toBe('2026-10-25T23:00:00.000Z');
});

test('of a patient alone everything is asked for, with another filter only single records', () => {
  const record = '01a1fcc4-e308-7378-9cc5-e148da244392';
  expect(patientOf({ resource: 'patient', record, entry: record })).toBe(record);
  expect(patientOf({ resource: 'patient', record, action: 'read' })).toBeUndefined();
  expect(patientOf({ resource: 'service', record })).toBeUndefined();
  expect(filterOf({ resource: 'patient', record, to: '2026-11-21', entry: record }, 'Asia/Riyadh')).toEqual({
    patient: record, to: '2026-11-21T21:00:00.000Z',
  });
  expect(filterOf({ resource: 'service', record }, 'Asia/Riyadh')).toEqual({ resource: 'service', resourceId: record });
});
