import { uuid } from '@/shared/api/uuid';
import { useLang } from '@/shared/i18n';
import { useUndoable } from '@/shared/ui/useUndoable';
import { type Absence, useRemoveAbsence } from './api';

/** Removes without asking, since the toast has the way back. */
export function useRemove() {
  const { t } = useLang();
  const undoable = useUndoable();
  const { remove, enter } = useRemoveAbsence();
  return (absence: Absence) =>
    void undoable(
      () => remove(absence).then(() => uuid()),
      t('absences.removed'),
      (key) => enter(absence, key),
    );
}
