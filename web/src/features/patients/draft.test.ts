import { expect, it } from 'vitest';
import { ApiProblem } from '@/shared/api/problem';
import { mergeDraft } from '@/shared/forms/merge';
import { byDay } from './Entries';
import type { Entry, Patient } from './api';
import type { CustomField, FieldKind } from './fields/api';
import { atRows, changedMeanwhile, changesOf, draftOf, emptyDraft, emptyPhone, fieldsOf, issuesOf, withPreferred, withTyped } from './draft';
import { looksLike } from './Similar';

const AT = '2026-11-01T08:00:00Z';
const patient: Patient = {
  id: '01a1fe48-1891-756b-aab2-930c260b1d02',
  number: 7,
  givenName: 'Lina',
  familyName: 'Haddad',
  givenNameOther: 'لينا',
  familyNameOther: null,
  birthDate: '2000-03-04',
  sex: 'female',
  phones: [
    { number: '+966511146215', kind: 'mobile', preferred: true },
    { number: '+966112345678', kind: 'home', preferred: false },
  ],
  emails: [],
  address: null,
  contactMethod: 'sms',
  language: 'ar',
  nationalId: null,
  nationality: null,
  alerts: [{ kind: 'allergy', text: 'Penicillin', severe: true }],
  medicalHistory: null,
  notes: 'Prefers mornings',
  leadSource: null,
  status: 'active',
  consents: { sms: { granted: true, at: AT, source: 'On paper' }, email: null, calls: null },
  tags: ['a', 'b'],
  custom: { size: 42.5, seen: '2026-01-01T09:30:12Z', likes: ['tea'] },
  deletedAt: null,
  mergedInto: null,
  version: 3,
  createdAt: AT,
  updatedAt: AT,
};
const field = (key: string, kind: FieldKind, more: Partial<CustomField> = {}): CustomField => ({
  id: key, key, name: key, nameAr: null, kind, options: [], required: false, default: null, listed: false, sensitive: false, rank: 1,
  archivedAt: null, version: 1, createdAt: AT, updatedAt: AT, ...more,
});
const fields = [field('size', 'number'), field('seen', 'dateTime'), field('likes', 'multiSelect'), field('file', 'text', { required: true, default: 'New' })];
const ground = { country: 'SA', timeZone: 'Asia/Riyadh', fields };
const draft = () => draftOf(patient, ground);
const changes = (more: object) => changesOf({ ...draft(), ...more }, patient, ground);

it('sends nothing when nothing was changed', () => expect(changes({})).toEqual({}));

it('sends only what was changed, and empties what was cleared', () => {
  expect(changes({ familyName: ' Saleh ', notes: '  ', birthDate: '' })).toEqual({ familyName: 'Saleh', notes: null, birthDate: null });
  expect(changes({ tags: ['b', 'a'] })).toEqual({});
  expect(changes({ tags: ['b'] })).toEqual({ tags: ['b'] });
});

it('leaves out rows in which nothing was entered', () => {
  expect(changes({ phones: [...draft().phones, emptyPhone()] })).toEqual({});
  expect(fieldsOf({ ...emptyDraft(ground), givenName: ' Noura ' }, ground)).toMatchObject({ givenName: 'Noura', phones: [], address: null, consents: { sms: null } });
  expect(changes({ phones: [{ number: '٠٥١١', kind: 'mobile', preferred: false }] })).toEqual({ phones: [{ number: '0511', kind: 'mobile', preferred: false }] });
});

it('keeps the instant of an agreement, and has the server set that of a new one', () => {
  const { consents } = draft();
  expect(changes({ consents: { ...consents, sms: { asked: 'granted', source: 'By phone' } } }).consents?.sms).toEqual({ granted: true, at: AT, source: 'By phone' });
  expect(changes({ consents: { ...consents, sms: { asked: 'refused', source: '' } } }).consents?.sms).toEqual({ granted: false, at: null, source: null });
  expect(changes({ consents: { ...consents, sms: { asked: 'unasked', source: 'x' } } }).consents?.sms).toBeNull();
});

it('has one row at most that is used first', () => {
  const marks = (rows: { preferred: boolean }[]) => rows.map((row) => row.preferred);
  const rows = draft().phones;
  expect(marks(withPreferred(rows, 1))).toEqual([false, true]);
  expect(marks(withPreferred(rows, 0))).toEqual([false, false]);
  expect(marks(withPreferred(withPreferred(rows, 0), 0))).toEqual([true, false]);
});

it('says what somebody else changed, and keeps what I typed in other fields', () => {
  const newer: Patient = { ...patient, version: 4, familyName: 'Saleh', phones: [{ number: '+966500000000', kind: 'mobile', preferred: false }] };
  expect(changedMeanwhile(patient, newer, ground)).toEqual([
    { field: 'familyName', value: 'Saleh' },
    { field: 'phones', value: newer.phones },
  ]);
  const mine = { ...draft(), familyName: 'Mansour', notes: 'Typed by me' };
  const merged = mergeDraft(draft(), mine, draftOf(newer, ground));
  expect(merged.merged).toMatchObject({ familyName: 'Saleh', notes: 'Typed by me' });
  expect(merged.mine).toEqual({ familyName: 'Mansour' });
  // on top of theirs goes only what I entered
  expect(changesOf({ ...merged.merged, ...merged.mine }, newer, ground)).toEqual({ familyName: 'Mansour', notes: 'Typed by me' });
});

it('finds what is missing or wrong', () => {
  const issues = issuesOf({ ...emptyDraft(ground), birthDate: '2027-01-01', address: { ...emptyDraft(ground).address, region: 'x' } }, '2026-11-21', ground);
  expect(Object.keys(issues).sort()).toEqual(['address.city', 'address.line1', 'birthDate', 'givenName']);
  expect(issuesOf({ ...emptyDraft(ground), givenName: 'x', birthDate: '2026-11-21' }, '2026-11-21', ground)).toEqual({});
});

it('puts a refusal beside the row that it is about, past rows that were not sent', () => {
  const error = new ApiProblem({
    type: '',
    title: '',
    status: 422,
    code: 'validation.failed',
    requestId: '',
    errors: ['/phones/1/number', '/phones/0', '/givenName'].map((pointer) => ({ pointer, code: 'invalid', message: '' })),
  });
  const phones = ['05', ' ', '12'].map((number) => ({ ...emptyPhone(), number }));
  const now = atRows(error, { ...draft(), phones }) as ApiProblem;
  expect(now.problem.errors?.map((issue) => issue.pointer)).toEqual(['/phones/2/number', '/phones/0/number', '/givenName']);
});

it('looks for somebody only when enough was typed', () => {
  const typed = (givenName: string, number: string) => looksLike({ givenName, familyName: '', phones: [{ ...emptyPhone(), number }] });
  expect(typed('Li', '051')).toEqual({ name: '', digits: '' });
  expect(typed('Lin', '0511 14')).toEqual({ name: 'Lin', digits: '051114' });
  expect(typed('x', '+966 51 114 6215').digits).toBe('1146215');
});

it('groups by the days of the practice', () => {
  const at = (time: string) => ({ id: time, at: time }) as Entry;
  const days = byDay([at('2026-11-21T22:30:00Z'), at('2026-11-21T20:30:00Z'), at('2026-11-21T19:00:00Z')], 'Asia/Riyadh');
  expect(days.map(([day, entries]) => [day, entries.length])).toEqual([
    ['2026-11-22', 1],
    ['2026-11-21', 2],
  ]);
});

it('says the practice\'s own fields as the server wants them, and leaves alone what nobody touched', () => {
  const custom = (more: object) => changes({ custom: { ...draft().custom, ...more } }).custom;
  expect(draft().custom).toEqual({ size: '42.5', seen: '2026-01-01T12:30', likes: ['tea'], file: '' });
  expect(custom({})).toBeUndefined();
  expect(custom({ size: '٤٣٫٥', file: ' A ' })).toEqual({ ...patient.custom, size: 43.5, file: 'A' });
  expect(custom({ seen: '2026-01-01T12:31', likes: [], size: '' })).toEqual({ seen: '2026-01-01T09:31:00.000Z' });
  expect(emptyDraft(ground).custom.file).toBe('New');
});

it('asks for what is required of new patients, and of old ones only where it was there', () => {
  const without = { ...emptyDraft(ground), givenName: 'A', custom: { size: 'big' } };
  expect(issuesOf(without, '2026-11-21', ground)).toEqual({ 'custom.file': { id: 'field.required' }, 'custom.size': { id: 'fields.notANumber' } });
  expect(issuesOf({ ...without, custom: {} }, '2026-11-21', ground, patient)).toEqual({});
});

it('begins a new patient with what was typed while looking for them', () => {
  const typed = (text: string) => {
    const { givenName, familyName, phones } = withTyped(emptyDraft(ground), text);
    return [givenName, familyName, phones[0]!.number];
  };
  expect(typed('')).toEqual(['', '', '']);
  expect(typed('Lina')).toEqual(['Lina', '', '']);
  expect(typed(' Lina Maria  Haddad ')).toEqual(['Lina Maria', 'Haddad', '']);
  expect(typed('٠٥١١١٤٦٢١٥')).toEqual(['', '', '0511146215']);
});
