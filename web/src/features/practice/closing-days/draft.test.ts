import { expect, it } from 'vitest';
import type { ClosingDay } from './api';
import { byMonth, changesOf, draftOf, issues, withMove } from './draft';
import { validateClosingSearch } from './search';

const day: ClosingDay = {
  id: 'd',
  date: '2026-01-01',
  name: 'Eid',
  nameAr: null,
  repeats: 'hijri',
  holiday: 'eid_al_fitr_1',
  moves: [{ from: '2026-03-20', to: '2026-03-21' }],
  version: 2,
  createdAt: '',
  updatedAt: '',
};

it('moves a single return, leaves it out, and puts it back', () => {
  const moved = withMove(day.moves, '2027-03-10', null);
  expect(moved).toEqual([{ from: '2026-03-20', to: '2026-03-21' }, { from: '2027-03-10', to: null }]);
  expect(withMove(moved, '2026-03-20', '2026-03-19')[0]).toEqual({ from: '2026-03-20', to: '2026-03-19' });
  expect(withMove(moved, '2026-03-20', '2026-03-20')).toEqual([{ from: '2027-03-10', to: null }]);
});

it('sends only what was changed', () => {
  const draft = draftOf(day);
  expect(changesOf(draft, day)).toEqual({});
  expect(changesOf({ ...draft, moves: [] }, day)).toEqual({ moves: [] });
  expect(issues({ ...draft, name: ' ', moves: [{ from: '2026-03-20', to: '' }] })).toEqual({ name: { id: 'field.required' }, moves: { id: 'closing.moveDay' } });
});

it('puts days into their months', () => {
  const days = ['2026-09-23', '2026-03-20', '2026-03-21'].map((date) => ({ date }));
  expect(byMonth(days).map(([month, of]) => [month, of.length])).toEqual([['2026-03', 2], ['2026-09', 1]]);
});

it('takes only years within the calendar into the address', () => {
  expect(validateClosingSearch({ year: 2027, open: 'x', at: '2027-01-01' })).toEqual({ year: 2027, open: 'x', at: '2027-01-01' });
  expect(validateClosingSearch({ year: 1999, new: true })).toEqual({ new: true });
  expect(validateClosingSearch({ year: '2027', at: 'soon' })).toEqual({ year: 2027 });
});
