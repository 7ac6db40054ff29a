import { namesOf } from '@/features/patients/person';
import { useLang } from '@/shared/i18n';
import type { CallItem } from './api';

/** Whom a call is with, in the script of the page. */
export function useWho() {
  const { t, lang } = useLang();
  return ({ patient }: Pick<CallItem, 'patient'>) => (patient ? namesOf(patient, lang).name : t('calls.somebody'));
}
