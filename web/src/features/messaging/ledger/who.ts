import { useQueries } from '@tanstack/react-query';
import { patientQuery } from '@/features/patients/api';
import { namesOf, phoneText } from '@/features/patients/person';
import { useLang } from '@/shared/i18n';
import type { Message } from '../api';

type Addressed = Pick<Message, 'patientId' | 'channel' | 'address'>;

/** Whom messages are to, or from: the patient, else the address. */
export function useWho(messages: readonly Addressed[] | undefined) {
  const { t, lang } = useLang();
  const ids = [...new Set((messages ?? []).flatMap((message) => message.patientId ?? []))];
  const patients = useQueries({ queries: ids.map((id) => patientQuery(id)) });
  return ({ patientId, channel, address }: Addressed): { name: string; other?: string | undefined } => {
    if (patientId) {
      const patient = patients[ids.indexOf(patientId)]?.data;
      return patient ? namesOf(patient, lang) : { name: '…' };
    }
    return { name: address ? `\u2066${channel === 'sms' ? phoneText(address) : address}\u2069` : t('messages.somebody') };
  };
}
