import { ApiProblem } from '@/shared/api/problem';
import { type AddressDraft, addressDraftOf, addressOf, addressParts, isEmptyAddress } from '@/shared/forms/address';
import { changedFields, differing, orNull } from '@/shared/forms/merge';
import type { Labels } from '@/shared/forms/useFields';
import type { Issues } from '@/shared/forms/useRecordForm';
import { latinDigits } from '@/shared/i18n/digits';
import type { Alert, Patient, PatientFields, PatientStatus } from './api';
import type { CustomField } from './fields/api';
import { type CustomDraft, defaultsOf, draftOfValues, issuesOfValues, valuesOf } from './fields/values';
import { type Channel, channels } from './person';

export type PhoneDraft = PatientFields['phones'][number] & { kind: Kind; preferred: boolean };
export type EmailDraft = PatientFields['emails'][number] & { kind: Kind; preferred: boolean };
export type AlertDraft = Alert & { severe: boolean };
export type Kind = NonNullable<PatientFields['phones'][number]['kind']>;
export type Asked = 'unasked' | 'granted' | 'refused';
export type ConsentDraft = { asked: Asked; source: string };

export const kinds = ['mobile', 'home', 'work', 'other'] as const satisfies readonly Kind[];
export const alertKinds = ['allergy', 'condition', 'medication', 'other'] as const satisfies readonly Alert['kind'][];
export const sexes = ['female', 'male', 'other', 'unknown'] as const satisfies readonly PatientFields['sex'][];
export const statuses = ['active', 'lead', 'inactive', 'deceased'] as const satisfies readonly PatientStatus[];
export const contactMethods = ['call', 'sms', 'whatsapp', 'email'] as const;
/** What is offered; any code of ISO 639 that is there already stays. */
export const languages = ['ar', 'en', 'ur', 'hi', 'bn', 'fil', 'fr', 'tr', 'fa', 'id', 'ml', 'ta', 'ne', 'am', 'es', 'de', 'ru', 'zh'];

/** What the form holds: text as it is typed, and rows that may still be empty. */
export type Draft = {
  givenName: string;
  familyName: string;
  givenNameOther: string;
  familyNameOther: string;
  birthDate: string;
  sex: PatientFields['sex'];
  phones: PhoneDraft[];
  emails: EmailDraft[];
  address: AddressDraft;
  contactMethod: PatientFields['contactMethod'];
  language: string | null;
  nationalId: string;
  nationality: string | null;
  alerts: AlertDraft[];
  medicalHistory: string;
  notes: string;
  leadSource: string;
  status: PatientStatus;
  consents: Record<Channel, ConsentDraft>;
  tags: string[];
  custom: CustomDraft;
};
export type Field = keyof Draft;
/** What of the practice a draft depends on: where it is, and its own fields. */
export type Ground = { country: string; timeZone: string; fields: CustomField[] };

export const emptyPhone = (): PhoneDraft => ({ number: '', kind: 'mobile', preferred: false });
export const emptyEmail = (): EmailDraft => ({ address: '', kind: 'home', preferred: false });
export const emptyAlert = (): AlertDraft => ({ kind: 'allergy', text: '', severe: false });
const unasked: ConsentDraft = { asked: 'unasked', source: '' };

export const emptyDraft = ({ country, timeZone, fields }: Ground): Draft => ({
  givenName: '',
  familyName: '',
  givenNameOther: '',
  familyNameOther: '',
  birthDate: '',
  sex: 'unknown',
  // where most begin to type
  phones: [emptyPhone()],
  emails: [],
  address: addressDraftOf(null, country),
  contactMethod: null,
  language: null,
  nationalId: '',
  nationality: null,
  alerts: [],
  medicalHistory: '',
  notes: '',
  leadSource: '',
  status: 'active',
  consents: { sms: unasked, email: unasked, calls: unasked },
  tags: [],
  custom: draftOfValues(fields, defaultsOf(fields), timeZone),
});

const NUMBER = /^[+\d\s()-]{4,}$/;

/** A new patient of whom one typed something while looking for them: a telephone number, or a name with the family's last. */
export function withTyped(draft: Draft, typed: string): Draft {
  const text = latinDigits(typed.trim());
  if (NUMBER.test(text)) return { ...draft, phones: [{ ...emptyPhone(), number: text }] };
  const words = text.split(/\s+/);
  const familyName = words.length > 1 ? words.at(-1)! : '';
  return { ...draft, givenName: words.slice(0, familyName ? -1 : undefined).join(' '), familyName };
}

const consentDraftOf = (consent: PatientFields['consents'][Channel]): ConsentDraft =>
  consent ? { asked: consent.granted ? 'granted' : 'refused', source: consent.source ?? '' } : unasked;

export const draftOf = (p: Patient, { country, timeZone, fields }: Ground): Draft => ({
  givenName: p.givenName,
  familyName: p.familyName ?? '',
  givenNameOther: p.givenNameOther ?? '',
  familyNameOther: p.familyNameOther ?? '',
  birthDate: p.birthDate ?? '',
  sex: p.sex,
  phones: p.phones.map((phone) => ({ ...emptyPhone(), ...phone })),
  emails: p.emails.map((email) => ({ ...emptyEmail(), ...email })),
  address: addressDraftOf(p.address, country),
  contactMethod: p.contactMethod,
  language: p.language,
  nationalId: p.nationalId ?? '',
  nationality: p.nationality,
  alerts: p.alerts.map((alert) => ({ ...emptyAlert(), ...alert })),
  medicalHistory: p.medicalHistory ?? '',
  notes: p.notes ?? '',
  leadSource: p.leadSource ?? '',
  status: p.status,
  consents: { sms: consentDraftOf(p.consents.sms), email: consentDraftOf(p.consents.email), calls: consentDraftOf(p.consents.calls) },
  tags: p.tags,
  custom: draftOfValues(fields, p.custom, timeZone),
});

/** Rows in which something was entered; the others are not sent. */
const filled = {
  phones: (phone: PhoneDraft) => !!phone.number.trim(),
  emails: (email: EmailDraft) => !!email.address.trim(),
  alerts: (alert: AlertDraft) => !!alert.text.trim(),
};

/** An agreement that nobody touched keeps the instant at which it was given. */
function consentOf(draft: ConsentDraft, base: PatientFields['consents'][Channel]): PatientFields['consents'][Channel] {
  if (draft.asked === 'unasked') return null;
  const granted = draft.asked === 'granted';
  return { granted, at: base?.granted === granted ? (base.at ?? null) : null, source: orNull(draft.source) };
}

/** What to send: only for a draft without issues. */
export const fieldsOf = (d: Draft, { timeZone, fields }: Ground, base?: Patient): PatientFields => ({
  givenName: d.givenName.trim(),
  familyName: orNull(d.familyName),
  givenNameOther: orNull(d.givenNameOther),
  familyNameOther: orNull(d.familyNameOther),
  birthDate: d.birthDate || null,
  sex: d.sex,
  phones: d.phones.filter(filled.phones).map(({ number, kind, preferred }) => ({ number: latinDigits(number.trim()), kind, preferred })),
  emails: d.emails.filter(filled.emails).map(({ address, kind, preferred }) => ({ address: address.trim(), kind, preferred })),
  address: addressOf(d.address),
  contactMethod: d.contactMethod,
  language: d.language,
  nationalId: orNull(latinDigits(d.nationalId)),
  nationality: d.nationality,
  alerts: d.alerts.filter(filled.alerts).map(({ kind, text, severe }) => ({ kind, text: text.trim(), severe })),
  medicalHistory: orNull(d.medicalHistory),
  notes: orNull(d.notes),
  leadSource: orNull(d.leadSource),
  status: d.status,
  consents: {
    sms: consentOf(d.consents.sms, base?.consents.sms ?? null),
    email: consentOf(d.consents.email, base?.consents.email ?? null),
    calls: consentOf(d.consents.calls, base?.consents.calls ?? null),
  },
  tags: [...d.tags].sort(),
  custom: valuesOf(fields, d.custom, timeZone, base?.custom),
});

/** The same members in the same order, so that comparing goes by content. */
const tidy = (p: Patient, ground: Ground) => fieldsOf(draftOf(p, ground), ground, p);

/** What to send so that the patient becomes what the draft says: nothing that was not touched. */
export const changesOf = (d: Draft, base: Patient, ground: Ground): Partial<PatientFields> => differing(fieldsOf(d, ground, base), tidy(base, ground));

/** Fields that somebody else changed, with what they hold now. */
export const changedMeanwhile = (base: Patient, newer: Patient, ground: Ground) =>
  changedFields(draftOf(base, ground), draftOf(newer, ground)).map((field) => ({ field, value: newer[field] as unknown }));

/** Marks a row as the one to use first, and no other; once more takes the mark away. */
export const withPreferred = <R extends { preferred: boolean }>(rows: R[], at: number): R[] =>
  rows.map((row, i) => (row.preferred === (i === at && !row.preferred) ? row : { ...row, preferred: i === at && !row.preferred }));

const EARLIEST = '1850-01-01';

/** What can be known without asking the server; it has the last word on the rest. */
export function issuesOf(d: Draft, today: string, { fields }: Ground, base?: Patient): Issues<Draft> {
  const issues: Issues<Draft> = issuesOfValues(fields, d.custom, base?.custom);
  if (!d.givenName.trim()) issues.givenName = { id: 'field.required' };
  if (d.birthDate && (d.birthDate < EARLIEST || d.birthDate > today)) issues.birthDate = { id: 'patients.birthDate.wrong' };
  if (!isEmptyAddress(d.address)) {
    if (!d.address.line1.trim()) issues['address.line1'] = { id: 'field.required' };
    if (!d.address.city.trim()) issues['address.city'] = { id: 'field.required' };
  }
  return issues;
}

const ROWS = 20;
const rowsOf = { phones: 'number', emails: 'address', alerts: 'text' } as const;

/** Where a message can stand besides the fields themselves. */
export const partsOf = ({ fields }: Ground): string[] => [
  ...fields.map(({ key }) => `custom.${key}`),
  ...addressParts.map((part) => `address.${part}`),
  ...Object.entries(rowsOf).flatMap(([field, part]) => Array.from({ length: ROWS }, (_, i) => `${field}.${i}.${part}`)),
  ...channels.map((channel) => `consents.${channel}.source`),
];

/** A refusal counts the rows that were sent; the form has those as well that were left empty. */
export function atRows(error: unknown, d: Draft): unknown {
  if (!(error instanceof ApiProblem) || !error.problem.errors) return error;
  const errors = error.problem.errors.map((issue) => {
    const found = /^\/(phones|emails|alerts)\/(\d+)(.*)$/.exec(issue.pointer);
    if (!found) return issue;
    const field = found[1] as keyof typeof rowsOf;
    const isFilled = filled[field] as (row: unknown) => boolean;
    const at = (d[field] as unknown[]).flatMap((row, i) => (isFilled(row) ? [i] : []))[Number(found[2])];
    return { ...issue, pointer: `/${field}/${at ?? found[2]}${found[3] || `/${rowsOf[field]}`}` };
  });
  return new ApiProblem({ ...error.problem, errors }, error.retryAfterSeconds);
}

export const labels: Labels<Draft> = {
  givenName: 'patients.field.givenName',
  familyName: 'patients.field.familyName',
  givenNameOther: 'patients.field.givenNameOther',
  familyNameOther: 'patients.field.familyNameOther',
  birthDate: 'patients.field.birthDate',
  sex: 'patients.field.sex',
  phones: 'patients.field.phones',
  emails: 'patients.field.emails',
  address: 'field.address',
  contactMethod: 'patients.field.contactMethod',
  language: 'patients.field.language',
  nationalId: 'patients.field.nationalId',
  nationality: 'patients.field.nationality',
  alerts: 'patients.field.alerts',
  medicalHistory: 'patients.field.medicalHistory',
  notes: 'patients.field.notes',
  leadSource: 'patients.field.leadSource',
  status: 'patients.field.status',
  consents: 'patients.field.consents',
  tags: 'patients.field.tags',
  custom: 'patients.field.custom',
};
