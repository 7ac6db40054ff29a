import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { api, unwrap } from '@/shared/api/client';
import { crud } from '@/shared/api/crud';
import type { Schemas } from '@/shared/api/problem';
import type { Channel, Language } from '../api';

export type ChannelSettings = Schemas['MessageChannelSettings'];
export type Details = ChannelSettings['settings'];
export type Provider = Schemas['MessageProvider'];
export type Settings = Schemas['MessagingSettings'];
export type Suppression = Schemas['Suppression'];
export type Rule = Schemas['ReminderRule'];

// keys begin with the topic of the live messages about the record
const CHANNEL = 'message_channel';
const SETTINGS = 'messaging_settings';
const SUPPRESSION = 'suppression';
const NEW_KEY = (key: string) => ({ header: { 'Idempotency-Key': key } });

export const channelsQuery = queryOptions({
  queryKey: [CHANNEL] as const,
  queryFn: async ({ signal }) => (await unwrap(api.GET('/api/v1/message-channels', { signal }))).items,
});

export const settingsQuery = queryOptions({
  queryKey: [SETTINGS] as const,
  queryFn: ({ signal }) => unwrap(api.GET('/api/v1/messaging-settings', { signal })),
});

export const suppressionsQuery = infiniteQueryOptions({
  queryKey: [SUPPRESSION] as const,
  queryFn: ({ pageParam, signal }) => unwrap(api.GET('/api/v1/message-suppressions', { params: { query: { limit: 50, ...(pageParam ? { cursor: pageParam } : {}) } }, signal })),
  initialPageParam: undefined as string | undefined,
  getNextPageParam: (page) => page.nextCursor ?? undefined,
});

function useRefreshing<V, R>(work: (variables: V) => Promise<R>, topics: readonly string[]) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: work,
    onSuccess: () => {
      for (const topic of topics) void client.invalidateQueries({ queryKey: [topic] });
    },
  });
}

export const useSetChannel = () => useRefreshing((body: Schemas['NewMessageChannel']) => unwrap(api.PUT('/api/v1/message-channels', { body })), [CHANNEL]);
export const useCheckChannel = () => useRefreshing((channel: Channel) => unwrap(api.POST('/api/v1/message-channels/check', { body: { channel } })), [CHANNEL]);
export const useTestChannel = () =>
  useRefreshing(({ key, ...body }: { channel: Channel; to: string; language: Language; key: string }) => unwrap(api.POST('/api/v1/message-channels/test', { body, params: NEW_KEY(key) })), ['message']);
export const useSetSettings = () => useRefreshing((body: Schemas['NewMessagingSettings']) => unwrap(api.PUT('/api/v1/messaging-settings', { body })), [SETTINGS, 'message_template']);
export const useSuppress = () =>
  useRefreshing(({ key, ...body }: { channel: Channel; address: string; key: string }) => unwrap(api.POST('/api/v1/message-suppressions', { body, params: NEW_KEY(key) })), [SUPPRESSION, 'message']);
export const useUnsuppress = () =>
  useRefreshing(({ id, reason }: { id: string; reason: string }) => unwrap(api.POST('/api/v1/message-suppressions/{id}/remove', { params: { path: { id } }, body: { reason } })), [SUPPRESSION, 'message']);

type RuleFields = Schemas['ReminderFields'];
export const rules = crud<Rule, RuleFields, { rule?: RuleFields }>('message_rule', {
  list: async (signal) => (await unwrap(api.GET('/api/v1/message-rules', { signal }))).items,
  one: (id, signal) => unwrap(api.GET('/api/v1/message-rules/{id}', { params: { path: { id } }, signal })),
  create: (body, key) => unwrap(api.POST('/api/v1/message-rules', { body, params: NEW_KEY(key) })) as Promise<Rule>,
  change: (id, body) => unwrap(api.PUT('/api/v1/message-rules/{id}', { params: { path: { id } }, body: body as Schemas['ReminderRuleChange'] })),
});
export const useArchiveRule = () => useRefreshing(({ id, version }: { id: string; version: number }) => unwrap(api.POST('/api/v1/message-rules/{id}/archive', { params: { path: { id } }, body: { version } })), ['message_rule', 'message']);
