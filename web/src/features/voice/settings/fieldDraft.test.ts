import { expect, it } from 'vitest';
import { choicesOf, draftOfField, emptyChoice, emptyField, fieldIssues, fieldOf, keyOf } from './fieldDraft';

const RIYADH = 'Asia/Riyadh';

it('makes keys that flows can use, each once', () => {
  expect(keyOf('Date of birth')).toBe('date_of_birth');
  expect(keyOf('Date of birth', ['date_of_birth', 'date_of_birth_2'])).toBe('date_of_birth_3');
  expect(keyOf('رقم العضوية')).toMatch(/^[a-z][a-z0-9_]*$/);
});

it('gives new choices a value of their own and leaves those that cases may have', () => {
  const options = [
    { value: 'ok', en: 'Approved', ar: 'مقبول' },
    { value: '', en: 'Ok', ar: '' },
    emptyChoice(),
  ];
  expect(choicesOf(options)).toEqual([
    { value: 'ok', label: { en: 'Approved', ar: 'مقبول' } },
    { value: 'ok_2', label: { en: 'Ok' } },
  ]);
});

it('comes back as it was', () => {
  const field = {
    key: 'status', label: { en: 'Status', ar: 'الحالة' }, type: 'select' as const, required: true, options: [{ value: 'open', label: { en: 'Open' } }], default: 'open', displayInList: true, displayOrder: 0, sensitive: false,
  };
  expect(fieldOf(draftOfField(field, RIYADH), RIYADH)).toEqual(field);
  const at = { key: 'at', label: { en: 'At' }, type: 'datetime' as const, required: false, displayInList: false, displayOrder: 0, sensitive: true };
  expect(fieldOf(draftOfField(at, RIYADH), RIYADH)).toEqual(at);
});

it('shows nothing in lists that is sensitive, and keeps no choices for what is not chosen', () => {
  const made = fieldOf({ ...emptyField, en: 'ID', key: 'id_number', sensitive: true, displayInList: true, options: [{ value: 'x', en: 'X', ar: '' }] }, RIYADH);
  expect([made.displayInList, made.options]).toEqual([false, undefined]);
});

it('asks for a name, a key of its own, choices, and a default that fits', () => {
  expect(fieldIssues(emptyField, [])).toEqual({ en: 'field.required', key: 'field.required' });
  expect(fieldIssues({ ...emptyField, en: 'Phone', key: 'phone' }, ['phone'])).toEqual({ key: 'field.taken' });
  expect(fieldIssues({ ...emptyField, en: 'Phone', key: 'Phone no' }, [])).toEqual({ key: 'callWorkflows.keyWrong' });
  expect(fieldIssues({ ...emptyField, en: 'Kind', key: 'kind', type: 'select' }, [])).toEqual({ options: 'fields.noOptions' });
  expect(fieldIssues({ ...emptyField, en: 'Tries', key: 'tries', type: 'number', default: 'many' }, [])).toEqual({ default: 'cases.notANumber' });
});
