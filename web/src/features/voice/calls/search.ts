/** Calls that are not over, those that somebody still has to look at, and all there were. */
export const shelves = ['live', 'inbox', 'all'] as const;
export type Shelf = (typeof shelves)[number];

/** How many days back the numbers go. */
export const spans = [7, 30, 90] as const;
export type Span = (typeof spans)[number];
export const usualSpan: Span = 30;

/** What of the lists lives in their address: `workflow` is the slug of a call workflow, `call` the one that is looked at. */
export type CallsSearch = { shelf?: Shelf; workflow?: string; call?: string };
/** What of the numbers does. */
export type NumbersSearch = { workflow?: string; days?: Span };

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const SLUG = /^[a-z][a-z0-9_]{0,59}$/;
const fits = (pattern: RegExp, value: unknown): value is string => typeof value === 'string' && pattern.test(value);

/** Defaults stay out of the address; whatever does not fit is dropped rather than refused. */
export function validateCallsSearch({ shelf, workflow, call }: Record<string, unknown>): CallsSearch {
  const on = shelves.find((one) => one === shelf);
  return {
    ...(on && on !== 'live' ? { shelf: on } : {}),
    ...(fits(SLUG, workflow) ? { workflow } : {}),
    ...(on !== 'all' && fits(ID, call) ? { call } : {}),
  };
}

export function validateNumbersSearch({ workflow, days }: Record<string, unknown>): NumbersSearch {
  const span = spans.find((one) => one === days);
  return { ...(fits(SLUG, workflow) ? { workflow } : {}), ...(span && span !== usualSpan ? { days: span } : {}) };
}
