import { infiniteQueryOptions, keepPreviousData, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { api, unwrap } from '@/shared/api/client';
import { ApiProblem, type Schemas } from '@/shared/api/problem';
import { createStore } from '@/shared/store';

export type Practice = Schemas['ManagedPractice'];
export type Limits = Schemas['Limits'];
export type AdminSession = Schemas['AdminSession'];
export type OpenAccess = Schemas['OpenAccess'];
export type Invite = Schemas['PlatformInvite'];

// apart from everything of a practice: signing out of one leaves the other alone
export const KEY = 'admin';
const SESSION = [KEY, 'session'] as const;

/** Whether the last session ended because nobody was there. */
export const endedIdle = createStore(false);

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
    onSuccess: (session) => {
      endedIdle.set(false);
      client.setQueryData(SESSION, session);
    },
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

/** Tells the server that somebody is there. */
export const noteActivity = () => unwrap(api.POST('/api/v1/admin/auth/activity'));

export const ownSessionsQuery = queryOptions({
  queryKey: [KEY, 'sessions'] as const,
  queryFn: ({ signal }) => unwrap(api.GET('/api/v1/admin/auth/sessions', { signal })),
});

export function useEndSession() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => unwrap(api.POST('/api/v1/admin/auth/sessions/{id}/end', { params: { path: { id } } })),
    onSettled: () => Promise.all([client.invalidateQueries({ queryKey: ownSessionsQuery.queryKey }), client.invalidateQueries({ queryKey: SESSION })]),
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

export const practiceQuery = (id: string) =>
  queryOptions({
    queryKey: [KEY, 'practice', id] as const,
    queryFn: ({ signal }) => unwrap(api.GET('/api/v1/admin/practices/{id}', { params: { path: { id } }, signal })),
  });

/** Takes a changed practice in where it is shown. */
function useAdopt() {
  const client = useQueryClient();
  return (practice: Practice) => {
    client.setQueryData(practiceQuery(practice.id).queryKey, practice);
    return Promise.all([client.invalidateQueries({ queryKey: [KEY, 'practices'] }), client.invalidateQueries({ queryKey: [KEY, 'access'] })]);
  };
}

export function useSetStanding() {
  const adopt = useAdopt();
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
    onSuccess: adopt,
    // somebody else was faster
    onError: () => client.invalidateQueries({ queryKey: [KEY, 'practices'] }),
  });
}

export function useSetLimits() {
  const adopt = useAdopt();
  return useMutation({
    mutationFn: ({ id, body }: { id: string; body: Limits }) => unwrap(api.PUT('/api/v1/admin/practices/{id}/limits', { params: { path: { id } }, body })),
    onSuccess: adopt,
  });
}

export type NewPractice = Schemas['NewPractice'];

export function useFound() {
  const adopt = useAdopt();
  return useMutation({
    mutationFn: ({ body, key }: { body: NewPractice; key: string }) =>
      unwrap(api.POST('/api/v1/admin/practices', { params: { header: { 'Idempotency-Key': key } }, body })),
    onSuccess: adopt,
  });
}

export const invitesQuery = (id: string) =>
  queryOptions({
    queryKey: [KEY, 'invites', id] as const,
    queryFn: ({ signal }) => unwrap(api.GET('/api/v1/admin/practices/{id}/invites', { params: { path: { id } }, signal })),
  });

export function useResend(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (invite: string) => unwrap(api.POST('/api/v1/admin/practices/{id}/invites/resend', { params: { path: { id } }, body: { invite } })),
    onSuccess: (invites) => client.setQueryData(invitesQuery(id).queryKey, invites),
  });
}

export function useReplaceOwner(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: Schemas['NewOwner']) => unwrap(api.POST('/api/v1/admin/practices/{id}/owner', { params: { path: { id } }, body })),
    onSuccess: (invites) => client.setQueryData(invitesQuery(id).queryKey, invites),
  });
}

export function useOpenAccess(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: Schemas['BreakGlass']) => unwrap(api.POST('/api/v1/admin/practices/{id}/break-glass', { params: { path: { id } }, body })),
    // the next page needs to know it before it is shown
    onSuccess: (access) => {
      client.setQueryData(SESSION, (session: AdminSession | null | undefined) =>
        session ? { ...session, supportAccess: [access, ...session.supportAccess.filter((open) => open.practice.id !== id)] } : session,
      );
    },
  });
}

export function useEndAccess() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => unwrap(api.POST('/api/v1/admin/practices/{id}/break-glass/end', { params: { path: { id } } })),
    // the practice may have ended it first
    onSettled: () => client.invalidateQueries({ queryKey: SESSION }),
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
