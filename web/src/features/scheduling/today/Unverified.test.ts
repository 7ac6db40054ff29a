import { expect, it } from 'vitest';
import { bySoon } from './Unverified';

it('puts policies first whose patients come soon, the next ones first', () => {
  const policies = ['a', 'b', 'c', 'd'].map((patientId) => ({ patientId }));
  const coming = [
    { patientId: 'c', start: '2026-11-23T07:00:00Z', status: 'scheduled' as const },
    { patientId: 'b', start: '2026-11-22T07:00:00Z', status: 'confirmed' as const },
    { patientId: 'c', start: '2026-11-22T06:00:00Z', status: 'scheduled' as const },
    { patientId: 'd', start: '2026-11-22T05:00:00Z', status: 'cancelled' as const },
  ];
  expect(bySoon(policies, coming).map(({ policy, start }) => [policy.patientId, start?.slice(8, 13)])).toEqual([
    ['c', '22T06'],
    ['b', '22T07'],
    ['a', undefined],
    ['d', undefined],
  ]);
});
