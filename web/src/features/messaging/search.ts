import type { Channel, State } from './api';

export const shelves = ['inbox', 'all', 'failed'] as const;
export type MessagesShelf = (typeof shelves)[number];
export const channels = ['sms', 'email'] as const satisfies readonly Channel[];
export const states = ['queued', 'sending', 'unknown', 'sent', 'failed', 'delivered', 'bounced', 'opened', 'replied', 'suppressed', 'cancelled', 'received'] as const satisfies readonly State[];

/** How messages stand that did not arrive, or of which nobody knows. */
export const undelivered = ['failed', 'bounced', 'unknown', 'suppressed'] as const satisfies readonly State[];

/** What of the ledger lives in its address: ids and words, and nothing that was written. */
export type MessagesSearch = { shelf?: MessagesShelf; channel?: Channel; state?: State; patient?: string };

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Defaults stay out of the address; whatever does not fit is dropped rather than refused. */
export function validateMessagesSearch(search: Record<string, unknown>): MessagesSearch {
  const shelf = shelves.find((one) => one === search.shelf);
  if (!shelf || shelf === 'inbox') return {};
  const channel = channels.find((one) => one === search.channel);
  const state = (shelf === 'all' ? states : undelivered).find((one) => one === search.state);
  const patient = typeof search.patient === 'string' && ID.test(search.patient) ? search.patient : undefined;
  return { shelf, ...(channel ? { channel } : {}), ...(state ? { state } : {}), ...(patient ? { patient } : {}) };
}
