import { infiniteQueryOptions, keepPreviousData, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { api, unwrap } from '@/shared/api/client';
import { ApiProblem, type Schemas } from '@/shared/api/problem';

export type Practice = Schemas['ManagedPractice'];
export type AdminSession = Schemas['AdminSession'];

// apart from everything of a practice: signing out of one leaves the other alone
const KEY = 'admin';
const SESSION = [KEY, 'session'] as const;

/** Which administrator is signed in, or null. */
export const adminSessionQuery = queryOptions({
  queryKey: SESSION,
  queryFn: async ({ signal }): Promise<AdminSession | null> => {
    try {
      return await unwrap(api.GET('/api/v1/admin/auth/session', { signal }));
    } catch (error) {
      if (error instanceof ApiProblem && error.problem.status === 401) return null;
      throw error;
    }
  },
  refetchInterval: 60_000,
});

export function useSignIn() {
  return useMutation({
    mutationFn: (body: Schemas['AdminLogin']) => unwrap(api.POST('/api/v1/admin/auth/login', { body })),
  });
}

export function useGiveCode() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: Schemas['AdminCode']) => unwrap(api.POST('/api/v1/admin/auth/second-factor', { body })),
    onSuccess: (session) => client.setQueryData(SESSION, session),
  });
}

export function useSignOut() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => unwrap(api.POST('/api/v1/admin/auth/logout')),
    onSettled: () => {
      client.removeQueries({ queryKey: [KEY] });
      client.setQueryData(SESSION, null);
    },
  });
}

export const practicesQuery = (q: string) =>
  infiniteQueryOptions({
    queryKey: [KEY, 'practices', q] as const,
    queryFn: ({ pageParam, signal }) =>
      unwrap(api.GET('/api/v1/admin/practices', { params: { query: { ...(q ? { q } : {}), ...(pageParam ? { cursor: pageParam } : {}) } }, signal })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    placeholderData: keepPreviousData,
  });

export function useSetStanding() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, reason }: { id: string; reason?: string }) => {
      const params = { path: { id } };
      return unwrap(
        reason === undefined
          ? api.POST('/api/v1/admin/practices/{id}/resume', { params })
          : api.POST('/api/v1/admin/practices/{id}/suspend', { params, body: { reason } }),
      );
    },
    onSettled: () => client.invalidateQueries({ queryKey: [KEY, 'practices'] }),
  });
}

/** What a set-up link is for. Looking changes nothing. */
export const setupQuery = (token: string) =>
  queryOptions({
    queryKey: [KEY, 'setup', token] as const,
    queryFn: () => unwrap(api.POST('/api/v1/admin/auth/setup/look', { body: { token } })),
    retry: false,
    staleTime: Infinity,
  });

export function useSetUp() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: Schemas['NewSetup']) => unwrap(api.POST('/api/v1/admin/auth/setup', { body })),
    onSuccess: (session) => client.setQueryData(SESSION, session),
  });
}
