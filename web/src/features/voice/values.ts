import { latinDigits } from '@/shared/i18n/digits';
import type { Lang, MessageId } from '@/shared/i18n';
import { instantIn, localIn } from '@/shared/zoned';
import type { Field, Label } from './api';

/** What is known of a case, by the keys of the fields. */
export type Values = Record<string, unknown>;
/** The same as it is typed or chosen; empty for nothing. */
export type Typed = Record<string, string>;

/** In Arabic where there is an Arabic name. */
export const labelOf = (label: Label, lang: Lang) => (lang === 'ar' && label.ar ? label.ar : label.en);

/** As they are shown: by their place, and by their keys where two have the same one. */
export const inOrder = (fields: readonly Field[]): Field[] =>
  [...fields].sort((a, b) => a.displayOrder - b.displayOrder || (a.key < b.key ? -1 : 1));

/** Columns of the list. What is sensitive never is one. */
export const listed = (fields: readonly Field[]): Field[] => inOrder(fields).filter((field) => field.displayInList && !field.sensitive);

export const isEmpty = (value: unknown) => value === null || value === undefined || (typeof value === 'string' && !value.trim());

/** A value as it is edited. Times are those of the practice. */
export function typedOf(field: Field, value: unknown, timeZone: string): string {
  if (isEmpty(value)) return '';
  return field.type === 'datetime' ? localIn(timeZone, String(value)) : String(value);
}

/** What a new case begins with. */
export const typedDefaults = (fields: readonly Field[], timeZone: string): Typed => Object.fromEntries(fields.map((field) => [field.key, typedOf(field, field.default, timeZone)]));

/** A number as people type it, in either script's digits, with a point or a comma. */
export function numberOf(typed: string): number | undefined {
  const plain = latinDigits(typed.trim()).replace(',', '.');
  return /^-?\d+(\.\d+)?$/.test(plain) ? Number(plain) : undefined;
}

/** What a typed text stands for: null for nothing. An instant that nobody touched stays as it is to the second. */
export function valueOf(field: Field, typed: string, timeZone: string, had?: unknown): unknown {
  const text = typed.trim();
  if (!text) return null;
  switch (field.type) {
    case 'number':
      return numberOf(text) ?? text;
    case 'boolean':
      return text === 'true';
    case 'phone':
      return latinDigits(text);
    case 'datetime':
      return had && localIn(timeZone, String(had)) === text ? had : instantIn(timeZone, text);
    default:
      return text;
  }
}

/** What to send of a new case: what is there, and that a default is not wanted. */
export function newValuesOf(fields: readonly Field[], typed: Typed, timeZone: string): Values {
  const values: Values = {};
  for (const field of fields) {
    const value = valueOf(field, typed[field.key] ?? '', timeZone);
    if (value !== null || !isEmpty(field.default)) values[field.key] = value;
  }
  return values;
}

/** What can be known of a value without asking the server. */
export function issueOf(field: Field, typed: string): MessageId | undefined {
  if (!typed.trim()) return field.required ? 'field.required' : undefined;
  return field.type === 'number' && numberOf(typed) === undefined ? 'cases.notANumber' : undefined;
}
