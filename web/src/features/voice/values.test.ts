import { expect, it } from 'vitest';
import type { Field, FieldKind } from './api';
import { inOrder, issueOf, labelOf, listed, newValuesOf, numberOf, typedDefaults, typedOf, valueOf } from './values';

const RIYADH = 'Asia/Riyadh';
const field = (key: string, type: FieldKind, more: Partial<Field> = {}): Field => ({ key, label: { en: key }, type, required: false, displayInList: false, displayOrder: 0, sensitive: false, ...more });

it('shows fields by their place, and none that is sensitive in lists', () => {
  const fields = [field('b', 'string', { displayOrder: 2, displayInList: true }), field('z', 'string', { displayOrder: 1 }), field('a', 'string', { displayOrder: 2, displayInList: true, sensitive: true })];
  expect(inOrder(fields).map(({ key }) => key)).toEqual(['z', 'a', 'b']);
  expect(listed(fields).map(({ key }) => key)).toEqual(['b']);
});

it('names a field in the language of the page, where it has such a name', () => {
  expect(labelOf({ en: 'Name', ar: 'الاسم' }, 'ar')).toBe('الاسم');
  expect(labelOf({ en: 'Name', ar: '' }, 'ar')).toBe('Name');
  expect(labelOf({ en: 'Name', ar: 'الاسم' }, 'en')).toBe('Name');
});

it('takes what is typed for what it stands for, and back', () => {
  const cases: [FieldKind, string, unknown][] = [
    ['string', ' Ana ', 'Ana'],
    ['number', '٣٨٫٥', 38.5],
    ['number', '12,5', 12.5],
    ['number', 'twelve', 'twelve'],
    ['boolean', 'false', false],
    ['boolean', 'true', true],
    ['phone', '٠٥٥ ١٢٣', '055 123'],
    ['date', '2026-05-01', '2026-05-01'],
    ['datetime', '2026-05-01T09:30', '2026-05-01T06:30:00.000Z'],
    ['select', 'open', 'open'],
    ['text', '   ', null],
  ];
  for (const [type, typed, value] of cases) expect(valueOf(field('f', type), typed, RIYADH), `${type} ${typed}`).toEqual(value);
  expect(typedOf(field('f', 'datetime'), '2026-05-01T06:30:00Z', RIYADH)).toBe('2026-05-01T09:30');
  expect(typedOf(field('f', 'boolean'), false, RIYADH)).toBe('false');
  expect(typedOf(field('f', 'number'), 0, RIYADH)).toBe('0');
  expect(typedOf(field('f', 'string'), null, RIYADH)).toBe('');
});

it('leaves an instant that nobody touched as it is, to the second', () => {
  expect(valueOf(field('at', 'datetime'), '2026-05-01T09:30', RIYADH, '2026-05-01T06:30:17Z')).toBe('2026-05-01T06:30:17Z');
  expect(valueOf(field('at', 'datetime'), '2026-05-01T09:31', RIYADH, '2026-05-01T06:30:17Z')).toBe('2026-05-01T06:31:00.000Z');
});

it('sends of a new case what is there, and that a default was taken out', () => {
  const fields = [field('name', 'string'), field('note', 'text'), field('status', 'select', { default: 'open' })];
  expect(typedDefaults(fields, RIYADH)).toEqual({ name: '', note: '', status: 'open' });
  expect(newValuesOf(fields, { name: 'Ana', note: '', status: 'open' }, RIYADH)).toEqual({ name: 'Ana', status: 'open' });
  expect(newValuesOf(fields, { name: 'Ana', note: ' ', status: '' }, RIYADH)).toEqual({ name: 'Ana', status: null });
});

it('knows what is missing, and what is no number', () => {
  expect(issueOf(field('f', 'string', { required: true }), '  ')).toBe('field.required');
  expect(issueOf(field('f', 'string'), '')).toBeUndefined();
  expect(issueOf(field('f', 'number'), '1 2')).toBe('cases.notANumber');
  expect(issueOf(field('f', 'number'), '-3.25')).toBeUndefined();
  expect([numberOf('1e5'), numberOf('1.'), numberOf('')]).toEqual([undefined, undefined, undefined]);
});
