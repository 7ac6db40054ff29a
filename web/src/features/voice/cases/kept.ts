import type { Filter } from '@/shared/filter/filter';
import { createStore } from '@/shared/store';

/**
 * What was typed, which conditions were set and which row was opened, for coming back from a case to the list as one
 * left it. In memory only, and only for whoever typed it, in the call workflow that it was typed in.
 */
type Kept = { where: string; typed: string; filter: Filter | undefined; row: string | undefined };
const nothing = { typed: '', filter: undefined, row: undefined };
const kept = createStore<Kept>({ where: '', ...nothing });

export const keptOf = (where: string): Kept => {
  const now = kept.get();
  return now.where === where ? now : { where, ...nothing };
};
export const keep = (where: string, more: Partial<Omit<Kept, 'where'>>) => kept.set({ ...keptOf(where), ...more });
