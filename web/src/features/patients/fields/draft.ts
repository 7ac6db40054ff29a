import { differing, orNull } from '@/shared/forms/merge';
import type { Labels } from '@/shared/forms/useFields';
import type { Issues } from '@/shared/forms/useRecordForm';
import type { Schemas } from '@/shared/api/problem';
import type { CustomField, FieldKind } from './api';

export const fieldKinds = ['text', 'number', 'date', 'dateTime', 'select', 'multiSelect', 'boolean', 'phone', 'email'] as const satisfies readonly FieldKind[];

export type OptionDraft = { key: string | null; name: string; nameAr: string; archived: boolean };
export type Draft = {
  name: string;
  nameAr: string;
  kind: FieldKind;
  options: OptionDraft[];
  required: boolean;
  listed: boolean;
  sensitive: boolean;
};

export const hasOptions = (kind: FieldKind) => kind === 'select' || kind === 'multiSelect';
export const emptyOption = (): OptionDraft => ({ key: null, name: '', nameAr: '', archived: false });
export const emptyDraft: Draft = { name: '', nameAr: '', kind: 'text', options: [emptyOption(), emptyOption()], required: false, listed: false, sensitive: false };

export const draftOf = (field: CustomField): Draft => ({
  name: field.name,
  nameAr: field.nameAr ?? '',
  kind: field.kind,
  options: field.options.map(({ key, name, nameAr, archived }) => ({ key: key ?? null, name, nameAr: nameAr ?? '', archived: !!archived })),
  required: field.required,
  listed: field.listed,
  sensitive: field.sensitive,
});

const optionsOf = (draft: Draft): Schemas['FieldOption'][] =>
  hasOptions(draft.kind)
    ? draft.options.filter(({ name }) => name.trim()).map(({ key, name, nameAr, archived }) => ({ key, name: name.trim(), nameAr: orNull(nameAr), archived }))
    : [];

const changeable = (draft: Draft) => ({
  name: draft.name.trim(),
  nameAr: orNull(draft.nameAr),
  options: optionsOf(draft),
  required: draft.required,
  listed: draft.listed && !draft.sensitive,
});

export const newFieldOf = (draft: Draft): Schemas['NewField'] => ({ ...changeable(draft), kind: draft.kind, sensitive: draft.sensitive });

export const changesOf = (draft: Draft, base: CustomField) => differing(changeable(draft), changeable(draftOf(base)));

export function issues(draft: Draft): Issues<Draft> {
  if (!draft.name.trim()) return { name: { id: 'field.required' } };
  if (hasOptions(draft.kind) && !optionsOf(draft).length) return { 'options.0.name': { id: 'fields.noOptions' } };
  return {};
}

const MOST_OPTIONS = 100;
/** Where a message can stand besides the fields themselves. */
export const parts = Array.from({ length: MOST_OPTIONS }, (_, i) => [`options.${i}.name`, `options.${i}.nameAr`]).flat();

export const labels: Labels<Draft> = {
  name: 'fields.name',
  nameAr: 'fields.nameAr',
  kind: 'fields.kind',
  options: 'fields.options',
  required: 'fields.required',
  listed: 'fields.listed',
  sensitive: 'fields.sensitive',
};
