import type { Issues } from '@/shared/forms/useRecordForm';
import { latinDigits } from '@/shared/i18n/digits';
import { instantIn, localIn } from '@/shared/zoned';
import type { CustomField, FieldOption } from './api';

/** What a patient has in the practice's own fields, by their keys. */
export type Values = Record<string, unknown>;
/** The same as it is typed: text, choices, a mark; numbers and times as text. */
export type CustomDraft = Record<string, string | string[] | boolean | null>;

/** What can be chosen: the options in use, and those that this patient has already. */
export const choices = (field: CustomField, had: unknown): (FieldOption & { key: string })[] =>
  field.options.filter((option): option is FieldOption & { key: string } => !!option.key && (!option.archived || [had].flat().includes(option.key)));

export function draftOfValues(fields: CustomField[], values: Values, timeZone: string): CustomDraft {
  const typed = (field: CustomField): CustomDraft[string] => {
    const value = values[field.key] ?? null;
    if (field.kind === 'multiSelect') return (value as string[] | null) ?? [];
    if (field.kind === 'boolean' || field.kind === 'select') return value as boolean | string | null;
    if (value === null) return '';
    return field.kind === 'dateTime' ? localIn(timeZone, String(value)) : String(value);
  };
  return Object.fromEntries(fields.map((field) => [field.key, typed(field)]));
}

/** What a new patient begins with. */
export const defaultsOf = (fields: CustomField[]): Values =>
  Object.fromEntries(fields.filter((field) => field.default !== null).map((field) => [field.key, field.default]));

const isEmpty = (typed: CustomDraft[string] | undefined) => typed === null || typed === undefined || (typeof typed === 'string' ? !typed.trim() : Array.isArray(typed) && !typed.length);

const numberOf = (typed: string) => Number(latinDigits(typed.trim()).replace('٫', '.').replace(',', '.'));

/** What to send: only for a draft without issues. An instant that nobody touched stays as it is to the second. */
export function valuesOf(fields: CustomField[], draft: CustomDraft, timeZone: string, base: Values = {}): Values {
  const value = (field: CustomField, typed: NonNullable<CustomDraft[string]>) => {
    if (typeof typed !== 'string') return typed;
    if (field.kind === 'number') return numberOf(typed);
    if (field.kind === 'phone') return latinDigits(typed.trim());
    if (field.kind !== 'dateTime') return typed.trim();
    const had = base[field.key];
    return had && localIn(timeZone, String(had)) === typed ? had : instantIn(timeZone, typed);
  };
  return Object.fromEntries(fields.filter(({ key }) => !isEmpty(draft[key])).map((field) => [field.key, value(field, draft[field.key]!)]));
}

/** What can be known without asking the server. */
export function issuesOfValues(fields: CustomField[], draft: CustomDraft, base: Values | undefined): Issues<{ custom: CustomDraft }> {
  const issues: Issues<{ custom: CustomDraft }> = {};
  for (const { key, kind, required } of fields) {
    const typed = draft[key];
    // who was there before the field goes on without it
    if (isEmpty(typed) && required && (!base || base[key] !== undefined)) issues[`custom.${key}`] = { id: 'field.required' };
    else if (kind === 'number' && !isEmpty(typed) && !Number.isFinite(numberOf(String(typed)))) issues[`custom.${key}`] = { id: 'fields.notANumber' };
  }
  return issues;
}
