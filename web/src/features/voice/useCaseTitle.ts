import { namesOf } from '@/features/patients/person';
import { useLang } from '@/shared/i18n';
import type { CallWorkflow } from './api';
import type { Case } from './cases/api';
import { useValueText } from './useValueText';
import { listed } from './values';

/** What a case is called on the page: its first column, else its patient. Never for titles of tabs or addresses. */
export function useCaseTitle() {
  const { t, lang } = useLang();
  const textOf = useValueText();
  return (workflow: Pick<CallWorkflow, 'fields'>, one: Pick<Case, 'fields' | 'patient'>): string => {
    const columns = listed(workflow.fields);
    const first = columns.map((field) => textOf(field, one.fields[field.key])).find(Boolean);
    return first ?? (one.patient ? namesOf(one.patient, lang).name : t('cases.unnamed'));
  };
}
