import { type QueryClient, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { type AnyRouter, useRouter } from '@tanstack/react-router';
import { api, unwrap } from '@/shared/api/client';
import { hasCode, type Schemas } from '@/shared/api/problem';
import { rememberSession, settleSignIn } from '@/shared/api/reauth';
import { forgetAllButSession, replaceSession, type Session, sessionQuery } from '@/shared/auth/session';
import { tellTabs } from '@/shared/auth/tabs';
import { chosenLang, setLang } from '@/shared/i18n';
import { get, type InviteLook, post, type PracticeFace, type SecondFactorNeeded } from './contract';

/** Makes a fresh session the page's own: nothing loaded for anybody else survives. */
export function useAdoptSession() {
  const client = useQueryClient();
  return async (session: Session) => {
    replaceSession(client, session);
    tellTabs('signed-in');
    // a choice made on this device wins over the profile
    if (!chosenLang()) await setLang(session.user.language, { remember: false });
  };
}

export const useSignUp = () =>
  useMutation({ mutationFn: (body: Schemas['SignUp']) => unwrap(api.POST('/api/v1/auth/signup', { body })) });

/** What signing in may lead to: being in, or being asked for the second factor. */
export type SignInAnswer = Session | SecondFactorNeeded;

type AuthRequestOptions = { challenge: string; options: PublicKeyCredentialRequestOptionsJSON };

export const signIn = {
  password: (body: Schemas['Login']) => post<SignInAnswer>('/auth/login', body),
  code: (challenge: string, code: string) => post<Session>('/auth/second-factor', { challenge, code }),
  secondPasskeyOptions: (challenge: string) => post<{ options: PublicKeyCredentialRequestOptionsJSON }>('/auth/second-factor/passkey/options', { challenge }),
  secondPasskey: (challenge: string, credential: object) => post<Session>('/auth/second-factor/passkey', { challenge, credential }),
  passkeyOptions: () => post<AuthRequestOptions>('/auth/passkey/options', {}),
  passkey: (challenge: string, credential: object, practiceSlug?: string) =>
    post<Session>('/auth/passkey', { challenge, credential, ...(practiceSlug ? { practiceSlug } : {}) }),
};

/** The practice whose own address this is (`alpha.example.com`); null at the address that all of them share. */
export const facadeQuery = queryOptions({
  queryKey: ['facade'] as const,
  queryFn: async ({ signal }): Promise<PracticeFace | null> => {
    try {
      return await get<PracticeFace>('/auth/practice', { signal });
    } catch (error) {
      if (hasCode(error, 'not_found')) return null;
      throw error;
    }
  },
  staleTime: Infinity,
  retry: false,
});

export const providersQuery = queryOptions({
  queryKey: ['providers'] as const,
  queryFn: async ({ signal }) => (await get<{ items: { id: string; name: string }[] }>('/auth/providers', { signal })).items,
  staleTime: Infinity,
  retry: false,
});

/** Links whom a provider vouched for just now to whoever has signed in since. */
export const linkExternal = () => unwrap(api.POST('/api/v1/auth/oidc/link'));

export const useForgot = () => useMutation({ mutationFn: (email: string) => post<void>('/auth/password/forgot', { email }) });
export const useReset = () => useMutation({ mutationFn: (body: { token: string; password: string }) => post<void>('/auth/password/reset', body) });

export const inviteQuery = (token: string) =>
  queryOptions({
    // the token is a secret: the key of the cache carries it no further than this page's memory
    queryKey: ['invite', token] as const,
    queryFn: () => post<InviteLook>('/auth/invite/look', { token }),
    staleTime: Infinity,
    retry: false,
  });

export type Acceptance = { token: string; name?: string; password?: string; language?: 'en' | 'ar' };
export const acceptInvite = (body: Acceptance) => post<SignInAnswer>('/auth/invite/accept', body);

/** Forgets everything this page knows and goes to the sign-in page. */
export async function leave(client: QueryClient, router: AnyRouter) {
  rememberSession(false);
  settleSignIn(false);
  client.setQueryData(sessionQuery.queryKey, null);
  await router.navigate({ to: '/sign-in' });
  forgetAllButSession(client);
}

export function useSignOut() {
  const client = useQueryClient();
  const router = useRouter();
  return useMutation({
    mutationFn: () => unwrap(api.POST('/api/v1/auth/logout')),
    onSuccess: async () => {
      tellTabs('signed-out');
      await leave(client, router);
    },
  });
}
