import { expect, it } from 'vitest';
import type { Patient } from '../api';
import { undecided } from './choice';

const patient = (more: Partial<Patient>) => ({ givenName: 'Sara', familyName: null, sex: 'unknown', birthDate: null, phones: [], address: null, tags: [], ...more }) as Patient;

it('asks only where both say something else', () => {
  expect(undecided(patient({}), patient({}))).toEqual([]);
  expect(undecided(patient({ birthDate: '1990-01-01' }), patient({ sex: 'female', familyName: 'Ali' }))).toEqual([]);
  const one = patient({ birthDate: '1990-01-01', sex: 'male', tags: ['a'] });
  expect(undecided(one, patient({ givenName: 'Sarah', birthDate: '1990-01-02', sex: 'female', tags: ['b'] }))).toEqual(['givenName', 'birthDate', 'sex']);
});
