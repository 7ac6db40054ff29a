import { suggestSlug } from '@/shared/slug';
import type { Field, FieldKind, Label } from '../api';
import { issueOf, typedOf, valueOf } from '../values';

/** A choice as it is typed; what it is kept as is settled once it has a name. */
export type ChoiceDraft = { value: string; en: string; ar: string };
export type FieldDraft = {
  en: string;
  ar: string;
  key: string;
  type: FieldKind;
  required: boolean;
  options: ChoiceDraft[];
  default: string;
  displayInList: boolean;
  sensitive: boolean;
};

export const kinds = ['string', 'text', 'number', 'date', 'datetime', 'phone', 'select', 'boolean'] as const satisfies readonly FieldKind[];
const LONGEST = 60;
const KEY = /^[a-z][a-z0-9_]{0,59}$/;

export const emptyChoice = (): ChoiceDraft => ({ value: '', en: '', ar: '' });
export const emptyField: FieldDraft = { en: '', ar: '', key: '', type: 'string', required: false, options: [emptyChoice(), emptyChoice()], default: '', displayInList: false, sensitive: false };

/** A name for files and flows, from a name for people: `Date of birth` → `date_of_birth`. */
export const keyOf = (label: string, taken: readonly string[] = []): string => {
  const words = suggestSlug(label).replaceAll('-', '_');
  if (!taken.includes(words)) return words;
  const free = Array.from({ length: taken.length + 1 }, (_, i) => `${words.slice(0, LONGEST - 4)}_${i + 2}`).find((key) => !taken.includes(key));
  return free ?? words;
};

export const draftOfField = (field: Field, timeZone: string): FieldDraft => ({
  en: field.label.en,
  ar: field.label.ar ?? '',
  key: field.key,
  type: field.type,
  required: field.required,
  options: field.options?.length ? field.options.map(({ value, label }) => ({ value, en: label.en, ar: label.ar ?? '' })) : emptyField.options,
  default: typedOf(field, field.default, timeZone),
  displayInList: field.displayInList,
  sensitive: field.sensitive,
});

const labelOf = (en: string, ar: string): Label => ({ en: en.trim(), ...(ar.trim() ? { ar: ar.trim() } : {}) });

/** The choices that have a name, each with a value of its own. */
export function choicesOf(options: readonly ChoiceDraft[]): NonNullable<Field['options']> {
  const values = options.filter(({ value }) => value).map(({ value }) => value);
  return options
    .filter(({ en }) => en.trim())
    .map(({ value, en, ar }) => {
      const own = value || keyOf(en, values) || `choice_${values.length + 1}`;
      values.push(own);
      return { value: own, label: labelOf(en, ar) };
    });
}

/** The field that the draft describes; its place is given by the list that it stands in. */
export function fieldOf(draft: FieldDraft, timeZone: string): Field {
  const field: Field = {
    key: draft.key.trim(),
    label: labelOf(draft.en, draft.ar),
    type: draft.type,
    required: draft.required,
    ...(draft.type === 'select' ? { options: choicesOf(draft.options) } : {}),
    displayInList: draft.displayInList && !draft.sensitive,
    displayOrder: 0,
    sensitive: draft.sensitive,
  };
  const fallback = valueOf(field, draft.default, timeZone);
  return fallback === null ? field : { ...field, default: fallback };
}

type Problem = 'field.required' | 'fields.noOptions' | 'callWorkflows.keyWrong' | 'field.taken' | 'cases.notANumber';

/** What is not right about it, before it goes into the list. `taken`: keys of the other fields. */
export function fieldIssues(draft: FieldDraft, taken: readonly string[]): Partial<Record<'en' | 'key' | 'options' | 'default', Problem>> {
  const found: ReturnType<typeof fieldIssues> = {};
  if (!draft.en.trim()) found.en = 'field.required';
  if (!KEY.test(draft.key.trim())) found.key = draft.key.trim() ? 'callWorkflows.keyWrong' : 'field.required';
  else if (taken.includes(draft.key.trim())) found.key = 'field.taken';
  if (draft.type === 'select' && !choicesOf(draft.options).length) found.options = 'fields.noOptions';
  const wrong = issueOf({ ...fieldOf(draft, 'UTC'), required: false }, draft.default);
  if (wrong === 'cases.notANumber') found.default = wrong;
  return found;
}
