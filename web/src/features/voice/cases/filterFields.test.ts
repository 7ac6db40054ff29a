import { expect, it } from 'vitest';
import { opsOf } from '@/shared/filter/filter';
import type { Field, FieldKind } from '../api';
import { filterFields, ownField } from './filterFields';

const field = (key: string, type: FieldKind, more: Partial<Field> = {}): Field => ({ key, label: { en: key }, type, required: false, displayInList: false, displayOrder: 0, sensitive: false, ...more });

it('filters by every field that is not sensitive, in the words of the product’s grammar', () => {
  const fields = [field('ssn', 'string', { sensitive: true }), field('due', 'date', { displayOrder: 2 }), field('status', 'select', { displayOrder: 1, options: [{ value: 'a', label: { en: 'A' } }] })];
  const offered = filterFields(fields);
  expect(offered.map(({ name }) => name)).toEqual(['fields.status', 'fields.due', 'callStatus', 'calls', 'lastCallAt', 'createdAt']);
  expect(ownField(fields, 'fields.due')?.type).toBe('date');
  expect(ownField(fields, 'callStatus')).toBeUndefined();
  // one of few is chosen, and not searched in
  expect(opsOf(offered[0]!, true)).not.toContain('contains');
});
