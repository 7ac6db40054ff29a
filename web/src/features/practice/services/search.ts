export const statuses = ['active', 'archived', 'all'] as const;
export type Status = (typeof statuses)[number];
export const sorts = ['name', '-name', 'price', '-price', 'duration', '-duration', 'updatedAt', '-updatedAt'] as const;
export type Sort = (typeof sorts)[number];

/** What of the services page lives in its address, so that a reload, a link or the back button show the same thing. */
export type ServicesSearch = { status?: Status; sort?: Sort; q?: string; service?: string; new?: boolean };

const oneOf = <V extends string>(allowed: readonly V[], value: unknown) => allowed.find((v) => v === value);

/** Defaults stay out of the address; whatever does not fit is dropped rather than refused. */
export function validateServicesSearch(search: Record<string, unknown>): ServicesSearch {
  const status = oneOf(statuses, search.status);
  const sort = oneOf(sorts, search.sort);
  // a search for digits arrives as a number
  const q = typeof search.q === 'string' || typeof search.q === 'number' ? String(search.q) : '';
  return {
    ...(status && status !== 'active' ? { status } : {}),
    ...(sort && sort !== 'name' ? { sort } : {}),
    ...(q ? { q } : {}),
    ...(typeof search.service === 'string' ? { service: search.service } : {}),
    ...(search.new === true ? { new: true } : {}),
  };
}

/** Clicking a column: ascending first, then the other way round. */
export const nextSort = (column: 'name' | 'price' | 'duration' | 'updatedAt', now: Sort): Sort => (now === column ? `-${column}` : column);
