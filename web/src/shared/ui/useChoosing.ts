import { useRef } from 'react';

/** Rows chosen one by one, from one to another with the shift key, or all that are there, and of them no more than `most`. */
export function useChoosing(items: readonly { id: string }[] | undefined, most: number, chosen: ReadonlySet<string> | undefined, onChoose: ((ids: ReadonlySet<string>) => void) | undefined) {
  const last = useRef<number | undefined>(undefined);
  if (!items || !chosen || !onChoose) return undefined;
  const ids = items.map((item) => item.id);
  const all = ids.length > 0 && ids.slice(0, most).every((id) => chosen.has(id));
  const give = (next: Set<string>) => onChoose(new Set([...next].slice(0, most)));
  return {
    all,
    some: !all && ids.some((id) => chosen.has(id)),
    toggleAll: () => give(new Set(all ? [] : ids)),
    toggle(at: number, through: boolean) {
      const on = !chosen.has(ids[at]!);
      const from = through ? (last.current ?? at) : at;
      const next = new Set(chosen);
      for (const id of ids.slice(Math.min(from, at), Math.max(from, at) + 1)) {
        if (on) next.add(id);
        else next.delete(id);
      }
      last.current = at;
      give(next);
    },
  };
}
