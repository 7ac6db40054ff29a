import { orNull } from '@/shared/forms/merge';
import type { Labels } from '@/shared/forms/useFields';
import type { Issues } from '@/shared/forms/useRecordForm';
import { suggestSlug } from '@/shared/slug';
import type { Field, NewCallWorkflow } from './api';

export type Draft = { name: string; nameAr: string; slug: string };
export const emptyDraft: Draft = { name: '', nameAr: '', slug: '' };
export const labels: Labels<Draft> = { name: 'callWorkflows.name', nameAr: 'callWorkflows.nameAr', slug: 'callWorkflows.slug' };

const LONGEST = 60;

/** A name for folders and files: `Prior authorisation` → `prior_authorisation`. */
export const nameForFiles = (name: string) => suggestSlug(name).replaceAll('-', '_');
export const isNameForFiles = (text: string) => text.length <= LONGEST && /^[a-z][a-z0-9_]*$/.test(text);

/** What nearly every call needs; more is added in its settings. */
const first: Field[] = [
  { key: 'patient_name', label: { en: 'Patient', ar: 'المريض' }, type: 'string', required: true, displayInList: true, displayOrder: 1, sensitive: false },
  { key: 'phone', label: { en: 'Phone', ar: 'الهاتف' }, type: 'phone', required: true, displayInList: true, displayOrder: 2, sensitive: false },
];

export const newOf = (draft: Draft): NewCallWorkflow => ({ name: draft.name.trim(), nameAr: orNull(draft.nameAr), slug: draft.slug.trim(), fields: first });

export function issues(draft: Draft): Issues<Draft> {
  return {
    ...(draft.name.trim() ? {} : { name: { id: 'field.required' } }),
    ...(isNameForFiles(draft.slug.trim()) ? {} : { slug: { id: draft.slug.trim() ? 'callWorkflows.slugWrong' : 'field.required' } }),
  } as Issues<Draft>;
}
