import { useLang } from '@/shared/i18n';
import { localName } from '@/shared/names';
import { useUndoable } from '@/shared/ui/useUndoable';
import { type CustomField, useSetArchived } from './api';

/** Puts fields away and takes them out again. */
export function useFieldShelf() {
  const { t, lang } = useLang();
  const undoable = useUndoable();
  const put = useSetArchived();
  return (field: CustomField, archived: boolean) =>
    void undoable(
      () => put(field, archived),
      t(archived ? 'list.archivedOne' : 'list.restoredOne', { name: localName(field, lang) }),
      (now) => put(now, !archived),
    );
}
