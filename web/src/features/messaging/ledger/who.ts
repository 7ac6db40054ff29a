import { namesOf, phoneText } from '@/features/patients/person';
import { useLang } from '@/shared/i18n';
import type { Item } from '../api';

/** Whom a message is to, or from: the patient, else the address. */
export function useWho() {
  const { t, lang } = useLang();
  return ({ patient, channel, address }: Pick<Item, 'patient' | 'channel' | 'address'>) => {
    if (patient) return namesOf(patient, lang).name;
    return address ? `\u2066${channel === 'sms' ? phoneText(address) : address}\u2069` : t('messages.somebody');
  };
}
