import { orNull } from '@/shared/forms/merge';
import type { Channel } from '../api';
import type { ChannelSettings, Details, Provider } from './api';

/** Who sends on each channel; the installation's server only where there is one. */
export const providersOf = (channel: Channel, installation: boolean): Provider[] =>
  channel === 'sms' ? ['sandbox', 'twilio'] : ['sandbox', ...(installation ? (['installation'] as const) : []), 'smtp', 'sendgrid'];

/** A channel as it is set up. */
export type Draft = { provider: Provider; secret: string; port: string } & { [K in TextField]: string } & Pick<Details, 'tls' | 'sandboxMode' | 'trackOpens'>;
export const textFields = ['fromName', 'fromAddress', 'replyTo', 'host', 'user', 'baseUrl', 'eventKey', 'accountSid', 'fromNumber', 'messagingServiceSid'] as const satisfies readonly (keyof Details)[];
type TextField = (typeof textFields)[number];

export const draftOf = ({ provider, settings }: Pick<ChannelSettings, 'provider' | 'settings'>): Draft => ({
  ...(Object.fromEntries(textFields.map((field) => [field, settings[field] ?? ''])) as { [K in TextField]: string }),
  provider,
  secret: '',
  port: settings.port ? String(settings.port) : '',
  tls: settings.tls ?? 'implicit',
  sandboxMode: settings.sandboxMode ?? false,
  trackOpens: settings.trackOpens ?? false,
});

/** What belongs to each provider; the rest is left empty. */
const fieldsOf: Record<Provider, readonly TextField[]> = {
  sandbox: ['fromName', 'fromAddress', 'replyTo'],
  installation: ['fromName', 'replyTo'],
  smtp: ['fromName', 'fromAddress', 'replyTo', 'host', 'user'],
  sendgrid: ['fromName', 'fromAddress', 'replyTo', 'baseUrl', 'eventKey'],
  twilio: ['baseUrl', 'accountSid', 'fromNumber', 'messagingServiceSid'],
};

export function bodyOf({ channel, version }: Pick<ChannelSettings, 'channel' | 'version'>, draft: Draft) {
  const own = channel === 'sms' && draft.provider === 'sandbox' ? [] : fieldsOf[draft.provider];
  const texts = Object.fromEntries(textFields.map((field) => [field, (own as readonly string[]).includes(field) ? orNull(draft[field]) : null])) as { [K in TextField]: string | null };
  const { provider, secret, port, tls, sandboxMode, trackOpens } = draft;
  const [smtp, sendgrid] = [provider === 'smtp', provider === 'sendgrid'];
  return {
    channel,
    version,
    provider,
    settings: { ...texts, port: smtp && port.trim() ? Number(port) : null, tls: smtp ? tls : ('implicit' as const), sandboxMode: sendgrid && sandboxMode, trackOpens: sendgrid && trackOpens },
    ...(secret.trim() ? { secret: secret.trim() } : {}),
  };
}
