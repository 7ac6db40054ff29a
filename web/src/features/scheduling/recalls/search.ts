import type { State } from './api';

export const states = ['open', 'booked', 'done', 'dismissed'] as const satisfies readonly State[];

/** What of the list lives in its address: a month, a state, a service; never who should come. */
export type RecallsSearch = { month?: string; state?: (typeof states)[number]; service?: string };

const MONTH = /^2[01]\d{2}-(0[1-9]|1[0-2])$/;
const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Defaults stay out of the address; whatever does not fit is dropped rather than refused. */
export function validateRecallsSearch(search: Record<string, unknown>): RecallsSearch {
  const state = states.find((one) => one === search.state);
  const text = (value: unknown, form: RegExp) => (typeof value === 'string' && form.test(value) ? value : undefined);
  const [month, service] = [text(search.month, MONTH), text(search.service, ID)];
  return { ...(month ? { month } : {}), ...(state && state !== 'open' ? { state } : {}), ...(service ? { service } : {}) };
}
