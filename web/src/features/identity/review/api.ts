import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { api, unwrap } from '@/shared/api/client';
import type { Schemas } from '@/shared/api/problem';

export type Review = Schemas['AccessReview'];
export type Reviewed = Schemas['Reviewed'];
export type ApiKey = Schemas['ApiKey'];

export const reviewQuery = queryOptions({
  // begins with the topic of the live messages about people, who are most of it
  queryKey: ['staff', 'review'] as const,
  queryFn: ({ signal }) => unwrap(api.GET('/api/v1/access-review', { signal })),
  // keys, roles and devices are not announced under that topic
  refetchOnMount: 'always',
});

export function useConfirmReview() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => unwrap(api.POST('/api/v1/access-review/confirm')),
    onSuccess: ({ confirmedAt }) =>
      client.setQueryData(reviewQuery.queryKey, (review) => (review ? { ...review, lastConfirmedAt: confirmedAt } : review)),
  });
}
