import { phoneText } from '@/features/patients/person';
import { useSession } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { formatDateTime, formatDayShort, formatNumber } from '@/shared/i18n/format';
import type { Field } from './api';
import { isEmpty, labelOf } from './values';

/** Values of cases in words. */
export function useValueText() {
  const { t, lang } = useLang();
  const { timeZone } = useSession().practice;
  /** Empty for nothing. */
  return (field: Field, value: unknown): string => {
    if (isEmpty(value)) return '';
    switch (field.type) {
      case 'number':
        return formatNumber(lang, Number(value));
      case 'date':
        return formatDayShort(lang, String(value));
      case 'datetime':
        return formatDateTime(lang, timeZone, String(value));
      case 'boolean':
        return t(value ? 'answer.yes' : 'answer.no');
      case 'phone':
        return phoneText(String(value));
      case 'select': {
        const choice = field.options?.find((one) => one.value === value);
        return choice ? labelOf(choice.label, lang) : String(value);
      }
      default:
        return String(value);
    }
  };
}
