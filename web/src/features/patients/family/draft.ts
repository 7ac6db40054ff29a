import { differing, orNull } from '@/shared/forms/merge';
import type { Labels } from '@/shared/forms/useFields';
import type { Issues } from '@/shared/forms/useRecordForm';
import { latinDigits } from '@/shared/i18n/digits';
import type { Relationship, Relative, RelativeFields } from './api';

export const relationships = [
  'mother',
  'father',
  'parent',
  'spouse',
  'child',
  'sibling',
  'grandparent',
  'grandchild',
  'guardian',
  'ward',
  'relative',
  'friend',
  'other',
] as const satisfies readonly Relationship[];

/** What the form holds: text as it is typed. */
export type Draft = {
  relationship: Relationship;
  /** Whether they are a patient too. */
  isPatient: boolean;
  relatedId: string | null;
  name: string;
  phone: string;
  email: string;
  guardian: boolean;
  emergency: boolean;
  note: string;
};

export const emptyDraft: Draft = { relationship: 'mother', isPatient: false, relatedId: null, name: '', phone: '', email: '', guardian: false, emergency: false, note: '' };

export const draftOf = (r: Relative): Draft => ({
  relationship: r.relationship,
  isPatient: r.relatedId !== null,
  relatedId: r.relatedId,
  name: r.name ?? '',
  phone: r.phone ?? '',
  email: r.email ?? '',
  guardian: r.guardian,
  emergency: r.emergency,
  note: r.note ?? '',
});

/** What to send: only for a draft without issues. Whoever is a patient has name and numbers in their own record. */
export const fieldsOf = (d: Draft): RelativeFields => ({
  relationship: d.relationship,
  relatedId: d.isPatient ? d.relatedId : null,
  name: d.isPatient ? null : orNull(d.name),
  phone: d.isPatient ? null : orNull(latinDigits(d.phone)),
  email: d.isPatient ? null : orNull(d.email),
  guardian: d.guardian,
  emergency: d.emergency,
  note: orNull(d.note),
});

/** What to send so that the relative becomes what the draft says: nothing that was not touched. */
export const changesOf = (d: Draft, base: Relative) => differing(fieldsOf(d), fieldsOf(draftOf(base)));

/** What can be known without asking the server; it has the last word on the rest. */
export function issuesOf(d: Draft): Issues<Draft> {
  if (d.isPatient) return d.relatedId ? {} : { relatedId: { id: 'field.required' } };
  return d.name.trim() ? {} : { name: { id: 'field.required' } };
}

export const labels: Labels<Draft> = {
  relationship: 'family.field.relationship',
  isPatient: 'family.field.isPatient',
  relatedId: 'family.field.relatedId',
  name: 'family.field.name',
  phone: 'family.field.phone',
  email: 'family.field.email',
  guardian: 'family.field.guardian',
  emergency: 'family.field.emergency',
  note: 'family.field.note',
};
