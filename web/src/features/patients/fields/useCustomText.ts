import { useQuery } from '@tanstack/react-query';
import { useSession } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { formatDateTime, formatDayShort, formatNumber } from '@/shared/i18n/format';
import { localName } from '@/shared/names';
import { phoneText } from '../person';
import { type CustomField, customFields } from './api';
import type { Values } from './values';

/** The practice's own fields and what they hold, in words. */
export function useCustomText() {
  const { t, lang } = useLang();
  const { timeZone } = useSession().practice;
  const fields = useQuery(customFields.listQuery).data;
  const byKey = (key: string) => fields?.find((field) => field.key === key);
  const list = (texts: string[]) => texts.join(lang === 'ar' ? '، ' : ', ');
  const optionText = (field: CustomField, key: unknown) => {
    const option = field.options.find((one) => one.key === key);
    return option ? localName(option, lang) : String(key);
  };

  /** Empty for nothing. */
  const textOf = (field: CustomField, value: unknown): string => {
    if (value === null || value === undefined) return '';
    switch (field.kind) {
      case 'number':
        return formatNumber(lang, Number(value));
      case 'date':
        return formatDayShort(lang, String(value));
      case 'dateTime':
        return formatDateTime(lang, timeZone, String(value));
      case 'boolean':
        return t(value ? 'answer.yes' : 'answer.no');
      case 'phone':
        return phoneText(String(value));
      case 'select':
        return optionText(field, value);
      case 'multiSelect':
        return list([value].flat().map((key) => optionText(field, key)));
      default:
        return String(value);
    }
  };
  const nameOf = (key: string) => {
    const field = byKey(key);
    return field ? localName(field, lang) : key;
  };
  const valueOf = (key: string, value: unknown) => {
    const field = byKey(key);
    return field ? textOf(field, value) : String(value ?? '');
  };
  /** All of a patient's in one line, as conflicts tell them. */
  const lineOf = (values: Values) => list(Object.entries(values).map(([key, value]) => `${nameOf(key)}: ${valueOf(key, value)}`));
  return { fields, textOf, nameOf, valueOf, lineOf };
}
