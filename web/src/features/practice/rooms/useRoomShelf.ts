import { useLang } from '@/shared/i18n';
import { useUndoable } from '@/shared/ui/useUndoable';
import { localName } from '@/shared/names';
import { type Room, rooms, setRoomArchived } from './api';

/** Puts rooms away and takes them out again. */
export function useRoomShelf() {
  const { t, lang } = useLang();
  const undoable = useUndoable();
  const keep = rooms.useKeep();
  const put = (room: Room, archived: boolean) =>
    setRoomArchived(room, archived).then((now) => {
      keep(now);
      return now;
    });
  const set = (room: Room, archived: boolean) =>
    void undoable(
      () => put(room, archived),
      t(archived ? 'list.archivedOne' : 'list.restoredOne', { name: localName(room, lang) }),
      (now) => put(now, !archived),
    );
  return { archive: (r: Room) => set(r, true), restore: (r: Room) => set(r, false) };
}
