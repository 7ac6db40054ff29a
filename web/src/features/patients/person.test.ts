import { expect, it } from 'vitest';
import { ageOn, initialsOf, namesOf, phoneText } from './person';
import { conditionOf, validatePatientSearch, validatePatientsSearch } from './search';

const lina = { givenName: 'Lina', familyName: 'Haddad', givenNameOther: 'لينا', familyNameOther: 'حداد' };

it('says a name in the script of the page', () => {
  expect(namesOf(lina, 'en')).toEqual({ name: 'Lina Haddad', other: 'لينا حداد' });
  expect(namesOf(lina, 'ar')).toEqual({ name: 'لينا حداد', other: 'Lina Haddad' });
  const written = { givenName: 'لينا', familyName: null, givenNameOther: 'Lina', familyNameOther: null };
  expect(namesOf(written, 'en').name).toBe('Lina');
  expect(namesOf({ ...lina, givenNameOther: null, familyNameOther: null }, 'ar')).toEqual({ name: 'Lina Haddad', other: undefined });
  expect([initialsOf('Lina bint Haddad'), initialsOf('لينا حداد')]).toEqual(['LH', 'ل']);
});

it('counts an age on the day before and on the birthday', () => {
  expect(ageOn('2026-03-03', '2000-03-04').years).toBe(25);
  expect(ageOn('2026-03-04', '2000-03-04').years).toBe(26);
  expect(ageOn('2025-02-28', '2004-02-29').years).toBe(20);
  expect(ageOn('2026-11-21', '2026-10-22')).toEqual({ years: 0, months: 0 });
});

it('groups phone numbers, and leaves alone what is none', () => {
  expect(phoneText('+966511146215')).toBe('+966 51 114 6215');
  expect(phoneText('+442079460018')).toBe('+44 207 946 0018');
  expect(phoneText('+12025550123')).toBe('+1 202 555 0123');
  expect(phoneText('100')).toBe('100');
});

it('has nothing about people in the address', () => {
  const tag = '01a1fe48-1986-7401-9d7b-229e9e857c2a';
  expect(validatePatientsSearch({ view: 'leads', sort: '-number', q: 'Lina', name: 'x', tags: [tag, 'VIP'] })).toEqual({ view: 'leads', sort: '-number', tags: [tag] });
  expect(validatePatientsSearch({ view: 'active', sort: 'name', tags: 'x', new: 'yes' })).toEqual({});
  expect(validatePatientSearch({ tab: 'activity', show: 'all', edit: true, q: 'x' })).toEqual({ tab: 'activity', edit: true });
});

it('asks for a view and its tags', () => {
  expect(conditionOf('all', undefined, [])).toBeUndefined();
  const empty = { field: 'phone', op: 'empty' } as const;
  expect(conditionOf(undefined, empty, [])).toEqual(empty);
  expect(conditionOf('inactive', undefined, ['a', 'b'])).toEqual({
    all: [
      { field: 'status', op: 'in', value: ['inactive', 'deceased'] },
      { any: [{ field: 'tag', op: 'eq', value: 'a' }, { field: 'tag', op: 'eq', value: 'b' }] },
    ],
  });
});
