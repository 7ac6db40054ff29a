import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { api, unwrap } from '@/shared/api/client';
import type { Schemas } from '@/shared/api/problem';

export type ApiKey = Schemas['ApiKey'];
export type NewApiKey = Schemas['NewApiKey'];
export type CreatedApiKey = Schemas['CreatedApiKey'];

// begins with the topic of the live messages about keys
const KEYS = ['api_key', 'list'] as const;

export const apiKeysQuery = queryOptions({
  queryKey: KEYS,
  queryFn: ({ signal }) => unwrap(api.GET('/api/v1/api-keys', { signal })),
});

/** `key` stays the same when the same form is sent again after a lost answer, so that one key is made, not two. */
export function useCreateApiKey() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ body, key }: { body: NewApiKey; key: string }) =>
      unwrap(api.POST('/api/v1/api-keys', { body, params: { header: { 'Idempotency-Key': key } } })),
    onSuccess: () => void client.invalidateQueries({ queryKey: KEYS }),
  });
}

export function useRevokeApiKey() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => unwrap(api.POST('/api/v1/api-keys/{id}/revoke', { params: { path: { id } } })),
    onSettled: () => void client.invalidateQueries({ queryKey: KEYS }),
  });
}
