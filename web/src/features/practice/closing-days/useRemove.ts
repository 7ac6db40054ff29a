import { uuid } from '@/shared/api/uuid';
import { useLang } from '@/shared/i18n';
import { useUndoable } from '@/shared/ui/useUndoable';
import { localName } from '@/shared/names';
import { type ClosingDay, useRemoveClosingDay } from './api';

/** Removes without asking, since the toast has the way back. */
export function useRemove() {
  const { t, lang } = useLang();
  const undoable = useUndoable();
  const { remove, enter } = useRemoveClosingDay();
  return (day: ClosingDay) =>
    void undoable(
      () => remove(day).then(() => uuid()),
      t('closing.removed', { name: localName(day, lang) }),
      (key) => enter(day, key),
    );
}
