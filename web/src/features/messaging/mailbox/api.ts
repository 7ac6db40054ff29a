import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { api, unwrap } from '@/shared/api/client';

/** Headers of an e-mail that programs for mail act by. */
export const headersQuery = (id: string) =>
  queryOptions({
    queryKey: ['message', 'headers', id] as const,
    queryFn: ({ signal }) => unwrap(api.GET('/api/v1/messages/{id}/headers', { params: { path: { id } }, signal })),
  });

/** What the other side does; everything about messages and visits is fetched again. */
function usePretending<V, R>(work: (variables: V) => Promise<R>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: work,
    onSuccess: () => {
      for (const topic of ['message', 'appointment', 'suppression', 'patient']) void client.invalidateQueries({ queryKey: [topic] });
    },
  });
}

export const usePretendReply = () => usePretending((body: { messageId: string; text: string }) => unwrap(api.POST('/api/v1/message-sandbox/replies', { body })));
export const usePretendBounce = () => usePretending((messageId: string) => unwrap(api.POST('/api/v1/message-sandbox/bounces', { body: { messageId } })));
