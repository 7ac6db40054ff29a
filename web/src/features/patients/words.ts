import { useQuery } from '@tanstack/react-query';
import { useSession } from '@/shared/auth/session';
import { type Address, addressLine } from '@/shared/forms/address';
import { type MessageId, useLang } from '@/shared/i18n';
import { displayName, formatDate, formatDayShort } from '@/shared/i18n/format';
import { type PatientFields, tags } from './api';
import { type Field, labels } from './draft';
import { useCustomText } from './fields/useCustomText';
import type { Values } from './fields/values';
import { channels, phoneText } from './person';

/** Before the keys of the practice's own fields in the record of what was changed. */
const OWN = 'custom.';

/** Fields of a patient and what they hold, in words: in conflicts, and in the record of what was changed. */
export function usePatientWords() {
  const { t, lang, lookup } = useLang();
  const { practice } = useSession();
  const known = useQuery(tags.listQuery).data;
  const custom = useCustomText();

  const fieldText = (field: string) => {
    if (field.startsWith(OWN)) return custom.nameOf(field.slice(OWN.length));
    const id = labels[field as Field] as MessageId | undefined;
    return id ? t(id) : (lookup(`patients.field.${field}`) ?? lookup(`insurance.field.${field}`) ?? field);
  };

  const say: { [F in Field]?: (value: NonNullable<PatientFields[F]>) => string } = {
    birthDate: (day) => formatDayShort(lang, day),
    sex: (sex) => t(`patients.sex.${sex}`),
    status: (status) => t(`patients.status.${status}`),
    contactMethod: (method) => t(`patients.contact.${method}`),
    language: (code) => displayName(lang, 'language', code),
    nationality: (code) => displayName(lang, 'region', code),
    address: (address) => addressLine(lang, address as Address, practice.country),
    phones: (phones) => list(phones.map(({ number, preferred }) => mark(phoneText(number), preferred))),
    emails: (emails) => list(emails.map(({ address, preferred }) => mark(address, preferred))),
    alerts: (alerts) => list(alerts.map(({ text, severe }) => (severe ? `${text} (${t('patients.alert.severe')})` : text))),
    custom: (values) => custom.lineOf(values as Values),
    tags: (ids) => list(ids.map((id) => known?.find((tag) => tag.id === id)?.name ?? '…')),
    consents: (consents) =>
      list(
        channels.flatMap((channel) => {
          const consent = consents[channel];
          return consent ? [`${t(`patients.consent.${channel}`)}: ${t(consent.granted ? 'patients.consent.granted' : 'patients.consent.refused')}${consent.source ? ` (${consent.source})` : ''}`] : [];
        }),
      ),
  };
  const list = (texts: string[]) => texts.join(lang === 'ar' ? '، ' : ', ');
  // numbers keep their direction among Arabic words
  const mark = (text: string, preferred?: boolean) => `\u2066${text}\u2069${preferred ? ` (${t('patients.preferred')})` : ''}`;

  /** Empty for nothing. */
  const valueText = (field: string, value: unknown): string => {
    if (value === null || value === undefined || value === '') return '';
    if (field.startsWith(OWN)) return custom.valueOf(field.slice(OWN.length), value);
    if (field === 'deletedAt') return formatDate(lang, practice.timeZone, String(value));
    if (field === 'validFrom' || field === 'validTo') return formatDayShort(lang, String(value));
    if (field === 'eligibility') return lookup(`insurance.eligibility.${String(value)}`) ?? String(value);
    const words = say[field as Field] as ((value: unknown) => string) | undefined;
    try {
      return words ? words(value) : typeof value === 'string' || typeof value === 'number' ? String(value) : '…';
    } catch {
      // a newer server may say what this page does not know
      return String(value);
    }
  };
  return { fieldText, valueText };
}
