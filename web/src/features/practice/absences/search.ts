import { validateHoursSearch } from '../hours/search';

/** What of the page lives in its address. */
export type AbsencesSearch = { owner?: string | undefined; past?: boolean | undefined; open?: string | undefined; new?: boolean | undefined };

export const validateAbsencesSearch = (search: Record<string, unknown>): AbsencesSearch => ({
  ...(search.owner === 'practice' ? { owner: 'practice' } : validateHoursSearch(search)),
  ...(search.past === true ? { past: true } : {}),
  ...(typeof search.open === 'string' ? { open: search.open } : {}),
  ...(search.new === true ? { new: true } : {}),
});
