import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { unwrap } from '@/shared/api/client';
import { publicApi } from '@/shared/api/public';

/** Where the links lead by which somebody gets no more e-mails. */
export const UNSUBSCRIBE = '/u';

export const lookQuery = (token: string) =>
  queryOptions({
    queryKey: ['unsubscribe', token] as const,
    queryFn: ({ signal }) => unwrap(publicApi.POST('/api/v1/unsubscribe/look', { body: { token }, signal })),
    retry: false,
  });

/** Gets no more e-mails, or gets them again after all. */
export function useUnsubscribe(token: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (undo: boolean) => unwrap(undo ? publicApi.POST('/api/v1/unsubscribe/undo', { body: { token } }) : publicApi.POST('/u/{token}', { params: { path: { token } } })),
    onSuccess: (now) => client.setQueryData(lookQuery(token).queryKey, now),
  });
}
