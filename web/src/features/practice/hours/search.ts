/** Whose hours are on screen; the practice's own stay out of the address. */
export type HoursSearch = { owner?: string };

export const validateHoursSearch = (search: Record<string, unknown>): HoursSearch =>
  typeof search.owner === 'string' && /^(location|provider):[0-9a-f-]{36}$/.test(search.owner) ? { owner: search.owner } : {};
