import { expect, it } from 'vitest';
import { validateCalendarSearch } from './search';

const id = '01a20083-5243-7680-b2eb-78925a5052b5';

it('keeps ids and days, and drops everything else', () => {
  const search = { view: 'week', date: '2026-11-22', location: id, providers: [id], provider: id, cancelled: true, appointment: id };
  expect(validateCalendarSearch({ ...search, patient: 'Lina Haddad' })).toEqual(search);
  expect(validateCalendarSearch({ view: 'decade', date: '2026-02-30', location: 'Al Olaya', providers: ['Sara'], cancelled: 'yes', appointment: 7 })).toEqual({});
});

it('leaves defaults out of the address', () => {
  expect(validateCalendarSearch({ view: 'day', cancelled: false, providers: [], book: false })).toEqual({});
});
