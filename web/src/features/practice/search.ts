/** What of a list with a drawer lives in its address: which shelf, which record is open, or that a new one is being entered, and where. */
export type ListSearch = { shelf?: 'archived' | undefined; open?: string | undefined; new?: boolean | undefined; at?: string | undefined };

export const validateListSearch = (search: Record<string, unknown>): ListSearch => ({
  ...(search.shelf === 'archived' ? { shelf: 'archived' as const } : {}),
  ...(typeof search.open === 'string' ? { open: search.open } : {}),
  ...(search.new === true ? { new: true } : {}),
  ...(typeof search.at === 'string' ? { at: search.at } : {}),
});
