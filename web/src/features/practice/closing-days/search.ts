/** Which year is shown, which day is open (and which of its returns), or that a new one is being entered. */
export type ClosingSearch = { year?: number | undefined; open?: string | undefined; at?: string | undefined; new?: boolean | undefined };

/** As far as the tables of the Umm al-Qura calendar reach. */
export const years = { first: 2000, last: 2150 };

export function validateClosingSearch(search: Record<string, unknown>): ClosingSearch {
  const year = Number(search.year);
  return {
    ...(Number.isInteger(year) && year >= years.first && year <= years.last ? { year } : {}),
    ...(typeof search.open === 'string' ? { open: search.open } : {}),
    ...(typeof search.at === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(search.at) ? { at: search.at } : {}),
    ...(search.new === true ? { new: true } : {}),
  };
}
