import type { Lookup, T } from '@/shared/i18n';
import type { AuditEntry } from './api';

/** Words of the ledger in the reader's language; one that has no text yet is shown as it is. */
export const actionText = (lookup: Lookup, action: string) => lookup(`audit.action.${action}`) ?? action;
export const resourceText = (lookup: Lookup, resource: string) => lookup(`audit.resource.${resource}`) ?? resource;

export const actorText = (t: T, lookup: Lookup, { actor }: AuditEntry) => actor.name ?? lookup(`audit.actor.${actor.kind}`) ?? t('audit.actor.unknown');

/** Values of fields as people read them. */
export const valueText = (value: unknown) =>
  value === null || value === undefined ? '—' : typeof value === 'string' ? value : JSON.stringify(value);
