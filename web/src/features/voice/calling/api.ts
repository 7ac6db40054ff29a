import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { api, unwrap } from '@/shared/api/client';
import type { Schemas } from '@/shared/api/problem';

/** A key that conversations name. */
export type Key = Schemas['VoiceSecret'];
export type Retell = Schemas['RetellSettings'];
export type NewRetell = Schemas['NewRetellSettings'];
export type Agent = Schemas['RetellAgent'];
export type Speaks = Schemas['RetellMapping'];

// keys begin with the topic of the live messages about them
const KEY = 'voice_secret';
const RETELL = 'retell';

export const keysQuery = queryOptions({
  queryKey: [KEY] as const,
  queryFn: async ({ signal }) => (await unwrap(api.GET('/api/v1/voice-secrets', { signal }))).items,
});
export const retellQuery = queryOptions({
  queryKey: [RETELL, 'settings'] as const,
  queryFn: ({ signal }) => unwrap(api.GET('/api/v1/retell', { signal })),
});
export const speaksQuery = queryOptions({
  queryKey: [RETELL, 'mappings'] as const,
  queryFn: ({ signal }) => unwrap(api.GET('/api/v1/retell/mappings', { signal })),
});
/** Who can speak there; asked anew for each provider. */
export const agentsQuery = (provider: Retell['provider']) =>
  queryOptions({
    queryKey: [RETELL, 'agents', provider] as const,
    queryFn: async ({ signal }) => (await unwrap(api.GET('/api/v1/retell/agents', { signal }))).items,
    retry: false,
  });

function useRefreshing<V, R>(work: (variables: V) => Promise<R>, topic: string) {
  const client = useQueryClient();
  return useMutation({ mutationFn: work, onSuccess: () => client.invalidateQueries({ queryKey: [topic] }) });
}

/** Keeps a key; null forgets it. */
export const useKeepKey = () => useRefreshing((body: Schemas['NewVoiceSecret']) => unwrap(api.PUT('/api/v1/voice-secrets', { body })), KEY);
export const useConnectRetell = () => useRefreshing((body: NewRetell) => unwrap(api.PUT('/api/v1/retell', { body })), RETELL);
export const useTestRetell = () => useRefreshing(() => unwrap(api.POST('/api/v1/retell/test', {})), RETELL);
export const useSetSpeaks = () => useRefreshing((body: { version: number; items: Speaks[] }) => unwrap(api.PUT('/api/v1/retell/mappings', { body })), RETELL);
