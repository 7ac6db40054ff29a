import { useLang } from '@/shared/i18n';
import { useCustomText } from '../fields/useCustomText';

/** Columns of a patient and what is said of rows, in words. */
export function useImportWords() {
  const { lookup } = useLang();
  const { nameOf } = useCustomText();
  const fieldText = (field: string): string => {
    if (field.startsWith('custom.')) return nameOf(field.slice('custom.'.length));
    return lookup(`imports.field.${field}`) ?? lookup(`patients.field.${field}`) ?? lookup(`field.${field}`) ?? field;
  };
  const noteText = (note: { code: string; message: string }) => lookup(`imports.note.${note.code}`) ?? note.message;
  return { fieldText, noteText };
}
