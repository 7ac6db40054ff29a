import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { Filter } from '@/shared/filter/filter';
import { same } from '@/shared/forms/merge';
import { customFields, inUse } from '../fields/api';
import { keep, keptOf } from '../kept';
import { conditionOf, type PatientsSearch, type Sort, type View, views } from '../search';
import { viewsQuery } from './api';
import { choose, chosenFor, shownOf } from './columns';

/** Which list is looked at: one that everybody has, or a saved one, with what was changed about it and not saved. */
export function useView(search: PatientsSearch, who: string, open: readonly View[]) {
  const list = useQuery(viewsQuery);
  const saved = list.data?.find((view) => view.id === search.view);
  const waiting = !!search.view && !views.includes(search.view as View) && list.isPending;
  const common = open.find((view) => view === search.view) ?? 'active';
  const id = saved?.id ?? common;
  const { tags = [] } = search;

  // conditions are about people: they live here and in no address
  const [edited, setEdited] = useState(() => keptOf(who).edited);
  useEffect(() => keep(who, { edited }), [who, edited]);
  const changed = edited?.view === id ? edited : undefined;
  const filter = changed ? changed.filter : (saved?.filter ?? undefined);
  const sort = search.sort ?? (saved?.sort as Sort | undefined) ?? 'name';

  const own = inUse(useQuery(customFields.listQuery).data);
  const [, drawAnew] = useState(0);
  const chosen = chosenFor(who, id);
  const columns = chosen.length ? chosen : (saved?.columns ?? []);
  const dirty = !!saved && (tags.length > 0 || (changed && !same(changed.filter, saved.filter)) || sort !== saved.sort || (chosen.length > 0 && !same(chosen, saved.columns)));

  return {
    id,
    /** The saved view, where it is one. */
    saved,
    saveds: list.data ?? [],
    waiting,
    deleted: !saved && common === 'deleted',
    /** What was asked for beyond what the built-in list is about. */
    filter,
    sort,
    tagged: tags.length > 0,
    dirty: !!dirty,
    /** The whole condition, with the tags of the address. */
    condition: conditionOf(saved ? undefined : common, filter, tags),
    own,
    columns: shownOf(own, columns),
    chosenColumns: columns,
    /** What to save of this list under a name of its own. */
    asFields: { filter: conditionOf(saved ? undefined : common, filter, tags) ?? null, sort, columns },
    setFilter: (next: Filter | undefined) => setEdited(next || saved ? { view: id, filter: next } : undefined),
    forget: () => setEdited(undefined),
    setColumns: (next: string[]) => {
      choose(who, id, next);
      drawAnew((n) => n + 1);
    },
  };
}

export type CurrentView = ReturnType<typeof useView>;
