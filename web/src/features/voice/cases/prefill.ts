import type { Patient } from '@/features/patients/api';
import type { Field, FieldKind } from '../api';
import type { Typed } from '../values';

type Known = Pick<Patient, 'givenName' | 'familyName' | 'birthDate' | 'phones' | 'emails'>;
type Tell = (patient: Known) => string | null | undefined;

const fullName: Tell = ({ givenName, familyName }) => [givenName, familyName].filter(Boolean).join(' ');
const birthDate: Tell = (patient) => patient.birthDate;
const phone: Tell = ({ phones }) => (phones.find((one) => one.preferred) ?? phones[0])?.number;
const email: Tell = ({ emails }) => (emails.find((one) => one.preferred) ?? emails[0])?.address;
const givenName: Tell = (patient) => patient.givenName;
const familyName: Tell = (patient) => patient.familyName;

/** What the record tells, by the kinds of fields and the keys that they commonly have. */
const told: Partial<Record<FieldKind, Record<string, Tell>>> = {
  string: { name: fullName, patient_name: fullName, full_name: fullName, first_name: givenName, given_name: givenName, last_name: familyName, family_name: familyName, email },
  date: { date_of_birth: birthDate, birth_date: birthDate },
  phone: { phone, patient_phone: phone },
};

/** What is typed, with what the record tells of the patient in fields that are still empty. */
export function prefilled(fields: readonly Field[], typed: Typed, patient: Known): Typed {
  const all = { ...typed };
  for (const { key, type } of fields) {
    const value = told[type]?.[key]?.(patient);
    if (value && !typed[key]?.trim()) all[key] = value;
  }
  return all;
}
