import { expect, it } from 'vitest';
import type { Policy } from './api';
import { changesOf, draftOf, emptyDraft, fieldsOf, issuesOf } from './draft';

const AT = '2026-11-01T08:00:00Z';
const policy: Policy = {
  id: '01a1fe48-1891-756b-aab2-930c260b1d02',
  patientId: '01a1fe48-1891-756b-aab2-930c260b1d03',
  rank: 1,
  payer: 'Najd Care',
  plan: 'Gold',
  memberId: '123',
  groupId: null,
  holderName: null,
  holderPhone: '+966511146215',
  validFrom: '2026-01-01',
  validTo: null,
  cards: [{ name: 'front.jpg', mediaType: 'image/jpeg', bytes: 10 }],
  eligibility: 'unknown',
  verifiedAt: null,
  verifiedBy: null,
  deletedAt: null,
  version: 1,
  createdAt: AT,
  updatedAt: AT,
};

it('sends nothing that was not touched, and never the pictures', () => {
  const draft = draftOf(policy);
  expect(changesOf(draft, policy)).toEqual({});
  expect(changesOf({ ...draft, plan: ' ', memberId: ' ٤٥٦ ', rank: '2' }, policy)).toEqual({ plan: null, memberId: '456', rank: 2 });
  expect(fieldsOf(draft)).not.toHaveProperty('cards');
});

it('knows without asking what is missing and what cannot be', () => {
  expect(Object.keys(issuesOf(emptyDraft))).toEqual(['payer', 'memberId']);
  const draft = { ...draftOf(policy), validTo: '2025-12-31' };
  expect(Object.keys(issuesOf(draft))).toEqual(['validTo']);
  expect(issuesOf({ ...draft, validTo: '2026-01-01' })).toEqual({});
});
