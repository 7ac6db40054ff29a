import { infiniteQueryOptions, keepPreviousData, useMutation, useQueryClient } from '@tanstack/react-query';
import { api, unwrap } from '@/shared/api/client';
import type { Schemas } from '@/shared/api/problem';

export type Member = Schemas['Member'];
export type Invite = Schemas['Invite'];
export type NewInvite = Schemas['NewInvite'];
export type View = 'active' | 'suspended';

const PAGE = 50;
// keys begin with the topic of the live messages about the record
const STAFF = 'staff';
const INVITE = 'invite';
const next = (page: { nextCursor: string | null }) => page.nextCursor ?? undefined;

export const staffQuery = (status: View, q = '') =>
  infiniteQueryOptions({
    queryKey: [STAFF, 'list', status, q] as const,
    queryFn: ({ pageParam, signal }) =>
      unwrap(api.GET('/api/v1/staff', { params: { query: { limit: PAGE, status, ...(q ? { q } : {}), ...(pageParam ? { cursor: pageParam } : {}) } }, signal })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: next,
    // what was found last stays until the next is there
    placeholderData: keepPreviousData,
  });

export const invitesQuery = infiniteQueryOptions({
  queryKey: [INVITE, 'list'] as const,
  queryFn: ({ pageParam, signal }) =>
    unwrap(api.GET('/api/v1/invites', { params: { query: { limit: PAGE, ...(pageParam ? { cursor: pageParam } : {}) } }, signal })),
  initialPageParam: undefined as string | undefined,
  getNextPageParam: next,
});

/** Who is here decides who can be invited, and the other way round. */
function useFresh() {
  const client = useQueryClient();
  return () => {
    void client.invalidateQueries({ queryKey: [STAFF] });
    void client.invalidateQueries({ queryKey: [INVITE] });
  };
}

export function useChangeMember() {
  const fresh = useFresh();
  return useMutation({
    mutationFn: ({ id, body }: { id: string; body: Schemas['MemberChange'] }) =>
      unwrap(api.PATCH('/api/v1/staff/{id}', { params: { path: { id } }, body })),
    onSettled: fresh,
  });
}

export type Step = 'suspend' | 'restore' | 'remove';

export function useMemberStep() {
  const fresh = useFresh();
  return useMutation({
    mutationFn: async ({ step, id, version }: { step: Step; id: string; version: number }) => {
      const request = { params: { path: { id } }, body: { version } };
      if (step === 'suspend') await api.POST('/api/v1/staff/{id}/suspend', request);
      else if (step === 'restore') await api.POST('/api/v1/staff/{id}/restore', request);
      else await api.POST('/api/v1/staff/{id}/remove', request);
    },
    onSettled: fresh,
  });
}

/** `key` stays the same when the same form is sent again after a lost answer, so that one invitation is made, not two. */
export function useInvite() {
  const fresh = useFresh();
  return useMutation({
    mutationFn: ({ body, key }: { body: NewInvite; key: string }) =>
      unwrap(api.POST('/api/v1/invites', { body, params: { header: { 'Idempotency-Key': key } } })),
    onSuccess: fresh,
  });
}

export function useResend() {
  const fresh = useFresh();
  return useMutation({
    mutationFn: (id: string) => unwrap(api.POST('/api/v1/invites/{id}/resend', { params: { path: { id } } })),
    onSettled: fresh,
  });
}

export function useRevoke() {
  const fresh = useFresh();
  return useMutation({
    mutationFn: (id: string) => unwrap(api.POST('/api/v1/invites/{id}/revoke', { params: { path: { id } } })),
    onSettled: fresh,
  });
}
