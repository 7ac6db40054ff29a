import { type MessageId, useLang } from '@/shared/i18n';
import type { Delivery, Endpoint } from './api';

/** How an endpoint stands, worst first. */
export type Standing = 'disabled' | 'failing' | 'serves';
export const standingOf = (endpoint: Endpoint): Standing => (!endpoint.active ? 'disabled' : endpoint.failingSince ? 'failing' : 'serves');

export const ALL = '*';
export const allOf = (area: string) => `${area}.*`;

/** Names of areas, and of what was wrong at a try, for which the server has codes. */
export function useWebhookWords() {
  const { t, lookup } = useLang();
  const sayArea = (area: string) => lookup(`webhooks.area.${area}`) ?? area;
  const sayWanted = (name: string) => (name === ALL ? t('webhooks.everything') : name.endsWith('.*') ? t('webhooks.allOf', { area: sayArea(name.slice(0, -2)) }) : name);
  const sayError = (error: string, status: number | null) => (error === 'status' && status ? t('webhooks.answered', { status }) : (lookup(`webhooks.error.${error}`) ?? t('webhooks.error.broken')));
  const sayOutcome = (delivery: Delivery) => (delivery.lastError ? sayError(delivery.lastError, delivery.lastStatus) : undefined);
  return { sayArea, sayWanted, sayError, sayOutcome };
}

export const reasonOf = (endpoint: Endpoint): MessageId | undefined => (endpoint.disabledReason ? `webhooks.reason.${endpoint.disabledReason}` : undefined);
