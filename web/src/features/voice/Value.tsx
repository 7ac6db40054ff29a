import type { Field } from './api';
import { useValueText } from './useValueText';

/** What a field of a case says; numbers of telephones run from left to right in every language. */
export function Value({ field, value }: { field: Field; value: unknown }) {
  const text = useValueText()(field, value);
  return text ? <bdi className={field.type === 'phone' ? 'ltr tnum' : undefined}>{text}</bdi> : null;
}
