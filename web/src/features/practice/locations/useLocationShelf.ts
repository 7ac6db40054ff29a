import { useLang } from '@/shared/i18n';
import { useUndoable } from '@/shared/ui/useUndoable';
import { localName } from '@/shared/names';
import { type Location, locations, setLocationArchived } from './api';

/** Puts locations away and takes them out again. */
export function useLocationShelf() {
  const { t, lang } = useLang();
  const undoable = useUndoable();
  const keep = locations.useKeep();
  const put = (location: Location, archived: boolean) =>
    setLocationArchived(location, archived).then((now) => {
      keep(now);
      return now;
    });
  const set = (location: Location, archived: boolean) =>
    void undoable(
      () => put(location, archived),
      t(archived ? 'list.archivedOne' : 'list.restoredOne', { name: localName(location, lang) }),
      (now) => put(now, !archived),
    );
  return { archive: (l: Location) => set(l, true), restore: (l: Location) => set(l, false) };
}
