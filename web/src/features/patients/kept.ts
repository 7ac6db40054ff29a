import type { Filter } from '@/shared/filter/filter';
import { createStore } from '@/shared/store';

/**
 * What was typed, which conditions were set and which row was opened, for coming back from a record to the list as one left it. In memory only,
 * and only for whoever typed it.
 */
type Kept = { who: string; typed: string; row: string | undefined; edited: { view: string; filter: Filter | undefined } | undefined };
const nothing = { typed: '', row: undefined, edited: undefined };
const kept = createStore<Kept>({ who: '', ...nothing });

export const keep = (who: string, more: Partial<Omit<Kept, 'who'>>) => {
  const now = kept.get();
  kept.set({ ...(now.who === who ? now : nothing), ...more, who });
};
export const keptOf = (who: string): Kept => {
  const now = kept.get();
  return now.who === who ? now : { who, ...nothing };
};
