import { expect, it } from 'vitest';
import type { CancelReason } from '../api';
import { draftOf, issuesOf, keyFor, reordered, rulesOf, withDraft } from './draft';

const reason = (key: string, by: CancelReason['by'] = 'patient'): CancelReason => ({ key, by, nameEn: key, nameAr: null, archived: false });
const settings = { slotMinutes: 15, noticeMinutes: 120, horizonDays: 90, cancelCutoffMinutes: 1440, moveCutoffMinutes: 1440, mostMoves: 3, holdMinutes: 10, reasons: [reason('a')], version: 2, updatedAt: null };

it('checks that numbers are within their limits', () => {
  const draft = draftOf(settings);
  expect(issuesOf(draft)).toEqual({});
  expect(Object.keys(issuesOf({ ...draft, slotMinutes: '4', mostMoves: 'many', horizonDays: '٣٠' }))).toEqual(['slotMinutes', 'mostMoves']);
  expect(withDraft(rulesOf(settings), { ...draft, horizonDays: '٣٠' })).toEqual({ ...rulesOf(settings), horizonDays: 30 });
  expect(rulesOf(settings)).not.toHaveProperty('version');
});

it('gives each reason a key of its own', () => {
  expect(keyFor('No way here!', 'patient', [])).toBe('patient_no_way_here');
  expect(keyFor('No way here', 'patient', ['patient_no_way_here'])).toBe('patient_no_way_here_2');
  expect(keyFor('سبب', 'clinic', ['clinic_reason'])).toBe('clinic_reason_2');
});

it('puts reasons of one kind into another order and leaves the others', () => {
  const all = [reason('a'), reason('x', 'clinic'), reason('b'), reason('c')];
  expect(reordered(all, ['c', 'a', 'b']).map((one) => one.key)).toEqual(['c', 'x', 'a', 'b']);
});
