import { expect, it } from 'vitest';
import { draftOf, emptyDraft, issues, whenOf } from './draft';
import { localOf, spanOf } from './span';

const span = { wholeDays: false, firstDay: '2026-12-24', fromTime: '08:00', lastDay: '2026-12-24', toTime: '12:00' };

it.each([
  ['2026-12-24T00:00:00', '2026-12-26T00:00:00', true, '2026-12-24', '2026-12-25'],
  ['2026-12-24T08:00:00', '2026-12-24T12:30:00', false, '2026-12-24', '2026-12-24'],
  ['2026-12-24T20:00:00', '2026-12-25T02:00:00', false, '2026-12-24', '2026-12-25'],
])('%s to %s goes there and back', (from, to, wholeDays, firstDay, lastDay) => {
  expect(spanOf(from, to)).toMatchObject({ wholeDays, firstDay, lastDay });
  expect(localOf(spanOf(from, to))).toEqual({ from, to });
});

it('reads typed times, and 24:00 as the next midnight', () => {
  expect(localOf({ ...span, fromTime: '8', toTime: '24' })).toEqual({ from: '2026-12-24T08:00:00', to: '2026-12-25T00:00:00' });
  expect(localOf({ ...span, fromTime: '24:00' })).toBeUndefined();
  expect(localOf({ ...span, toTime: 'noon' })).toBeUndefined();
  expect(localOf({ ...span, lastDay: '' })).toBeUndefined();
});

it('says what is missing or the wrong way round', () => {
  const draft = { ...emptyDraft('provider:x', '2026-12-24'), lastDay: '2026-12-23' };
  expect(issues(draft)).toEqual({ lastDay: { id: 'absences.endsBefore' } });
  expect(Object.keys(issues({ ...draft, ...span, toTime: '', fromTime: '25' }))).toEqual(['fromTime', 'toTime']);
  expect(issues({ ...draft, ...span, toTime: '07:00' })).toEqual({ toTime: { id: 'absences.endsBefore' } });
  expect(issues({ ...draft, ...span, owner: null })).toEqual({ owner: { id: 'field.required' } });
  expect(issues({ ...draft, ...span, owner: 'practice', kind: 'sick' })).toEqual({ kind: { id: 'absences.peopleOnly' } });
});

it('puts it in words', () => {
  expect(whenOf('en', '2026-12-24T00:00:00', '2026-12-25T00:00:00')).toBe('Thu, 24 Dec 2026');
  expect(whenOf('en', '2026-12-24T00:00:00', '2027-01-02T00:00:00')).toMatch(/24 Dec 2026.+1 Jan 2027/);
  expect(whenOf('en', '2026-12-24T08:00:00', '2026-12-24T12:00:00')).toBe('Thu, 24 Dec 2026, 08:00 – 12:00');
  const record = { id: 'a', owner: 'practice', kind: 'closed', from: '2026-12-24T08:00:00', to: '2026-12-24T12:00:00', note: null, version: 1, createdAt: '', updatedAt: '' } as const;
  expect(draftOf(record)).toMatchObject({ owner: 'practice', note: '', fromTime: '08:00' });
});
