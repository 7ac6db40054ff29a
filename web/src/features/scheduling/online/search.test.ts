import { expect, it } from 'vitest';
import { validateBookingSearch } from './search';

it('keeps what it knows and drops everything else', () => {
  const right = { location: '0193c3a0-0000-7000-8000-000000000001', day: '2030-06-02', at: '2030-06-02T06:00:00Z', lang: 'ar' };
  expect(validateBookingSearch({ ...right, embed: 1, name: 'Noura', phone: '050' })).toEqual({ ...right, embed: 1 });
  expect(validateBookingSearch({ location: 'x', provider: 7, day: 'today', at: '2030', lang: 'de', embed: 0, done: 'x' })).toEqual({});
  expect(validateBookingSearch({ embed: '1' })).toEqual({ embed: 1 });
});
