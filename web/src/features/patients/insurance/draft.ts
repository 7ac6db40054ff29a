import { differing, orNull } from '@/shared/forms/merge';
import type { Labels } from '@/shared/forms/useFields';
import type { Issues } from '@/shared/forms/useRecordForm';
import { latinDigits } from '@/shared/i18n/digits';
import type { Policy, PolicyFields } from './api';

export const ranks = [1, 2, 3, 4, 5, 6, 7, 8, 9] as const;

/** What the form holds: text as it is typed. */
export type Draft = {
  payer: string;
  plan: string;
  memberId: string;
  groupId: string;
  /** Nothing: behind the policies that are there. */
  rank: string | null;
  validFrom: string;
  validTo: string;
  holderName: string;
  holderPhone: string;
};

export const emptyDraft: Draft = { payer: '', plan: '', memberId: '', groupId: '', rank: null, validFrom: '', validTo: '', holderName: '', holderPhone: '' };

export const draftOf = (p: Policy): Draft => ({
  payer: p.payer,
  plan: p.plan ?? '',
  memberId: p.memberId,
  groupId: p.groupId ?? '',
  rank: p.rank === null ? null : String(p.rank),
  validFrom: p.validFrom ?? '',
  validTo: p.validTo ?? '',
  holderName: p.holderName ?? '',
  holderPhone: p.holderPhone ?? '',
});

/** What to send: only for a draft without issues. Pictures of cards are not the form's. */
export const fieldsOf = (d: Draft): Omit<PolicyFields, 'cards'> => ({
  payer: d.payer.trim(),
  plan: orNull(d.plan),
  memberId: latinDigits(d.memberId.trim()),
  groupId: orNull(latinDigits(d.groupId)),
  rank: d.rank === null ? null : Number(d.rank),
  validFrom: d.validFrom || null,
  validTo: d.validTo || null,
  holderName: orNull(d.holderName),
  holderPhone: orNull(latinDigits(d.holderPhone)),
});

/** What to send so that the policy becomes what the draft says: nothing that was not touched. */
export const changesOf = (d: Draft, base: Policy) => differing(fieldsOf(d), fieldsOf(draftOf(base)));

/** What can be known without asking the server; it has the last word on the rest. */
export function issuesOf(d: Draft): Issues<Draft> {
  const issues: Issues<Draft> = {};
  if (!d.payer.trim()) issues.payer = { id: 'field.required' };
  if (!d.memberId.trim()) issues.memberId = { id: 'field.required' };
  if (d.validFrom && d.validTo && d.validTo < d.validFrom) issues.validTo = { id: 'insurance.validTo.wrong' };
  return issues;
}

export const labels: Labels<Draft> = {
  payer: 'insurance.field.payer',
  plan: 'insurance.field.plan',
  memberId: 'insurance.field.memberId',
  groupId: 'insurance.field.groupId',
  rank: 'insurance.field.rank',
  validFrom: 'insurance.field.validFrom',
  validTo: 'insurance.field.validTo',
  holderName: 'insurance.field.holderName',
  holderPhone: 'insurance.field.holderPhone',
};
