import { expect, it } from 'vitest';
import type { Relative } from './api';
import { changesOf, draftOf, emptyDraft, fieldsOf, issuesOf } from './draft';

const AT = '2026-11-01T08:00:00Z';
const mother: Relative = {
  id: '01a1fe48-1891-756b-aab2-930c260b1d02',
  patientId: '01a1fe48-1891-756b-aab2-930c260b1d03',
  relationship: 'mother',
  relatedId: null,
  name: 'Huda Salem',
  phone: '+966501234567',
  email: null,
  guardian: true,
  emergency: true,
  note: null,
  deletedAt: null,
  version: 1,
  createdAt: AT,
  updatedAt: AT,
};

it('sends nothing that was not touched', () => {
  const draft = draftOf(mother);
  expect(changesOf(draft, mother)).toEqual({});
  expect(changesOf({ ...draft, phone: '٠٥٠', guardian: false }, mother)).toEqual({ phone: '050', guardian: false });
});

it('leaves name and numbers to the record of whoever is a patient', () => {
  const draft = { ...draftOf(mother), isPatient: true };
  expect(Object.keys(issuesOf(draft))).toEqual(['relatedId']);
  expect(fieldsOf({ ...draft, relatedId: mother.id })).toMatchObject({ relatedId: mother.id, name: null, phone: null });
});

it('wants a name of everybody else', () => {
  expect(Object.keys(issuesOf(emptyDraft))).toEqual(['name']);
  expect(issuesOf({ ...emptyDraft, name: 'Huda' })).toEqual({});
});
