import { type QueryClient, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { type AnyRouter, useRouter } from '@tanstack/react-router';
import { api, unwrap } from '@/shared/api/client';
import { hasCode, type Schemas } from '@/shared/api/problem';
import { rememberSession, settleSignIn } from '@/shared/api/reauth';
import { forgetPresence, markPresent } from '@/shared/auth/presence';
import { forgetAllButSession, replaceSession, type Session, sessionQuery } from '@/shared/auth/session';
import { tellTabs } from '@/shared/auth/tabs';
import { settleLanguage } from './language';
import type { Credential } from './webauthn';

/** Makes a fresh session the page's own: nothing loaded for anybody else survives. */
export function useAdoptSession() {
  const client = useQueryClient();
  return async (session: Session) => {
    markPresent();
    replaceSession(client, session);
    tellTabs('signed-in');
    await settleLanguage(client, session);
  };
}

export const useSignUp = () =>
  useMutation({ mutationFn: (body: Schemas['SignUp']) => unwrap(api.POST('/api/v1/auth/signup', { body })) });

/** What signing in may lead to: being in, or being asked for the second factor. */
export type SecondFactorNeeded = Schemas['SecondFactorNeeded'];
export type SignInAnswer = Session | SecondFactorNeeded;
export type Invitation = Schemas['Invitation'];

/** The document calls it an object; the standard says which. */
const asked = ({ options }: { options: object }) => options as PublicKeyCredentialRequestOptionsJSON;

export const signIn = {
  password: (body: Schemas['Login']): Promise<SignInAnswer> => unwrap(api.POST('/api/v1/auth/login', { body })),
  code: (challenge: string, code: string) => unwrap(api.POST('/api/v1/auth/second-factor', { body: { challenge, code } })),
  secondPasskeyOptions: async (challenge: string) => asked(await unwrap(api.POST('/api/v1/auth/second-factor/passkey/options', { body: { challenge } }))),
  secondPasskey: (challenge: string, credential: Credential) =>
    unwrap(api.POST('/api/v1/auth/second-factor/passkey', { body: { challenge, credential } })),
  passkeyOptions: async () => {
    const question = await unwrap(api.POST('/api/v1/auth/passkey/options', { body: {} }));
    return { challenge: question.challenge, options: asked(question) };
  },
  passkey: (challenge: string, credential: Credential, practiceSlug?: string) =>
    unwrap(api.POST('/api/v1/auth/passkey', { body: { challenge, credential, ...(practiceSlug ? { practiceSlug } : {}) } })),
};

export type PracticeDoor = Schemas['Door'];

/** The practice whose own address this is (`alpha.example.com`); null at the address that all of them share. */
export const doorQuery = queryOptions({
  queryKey: ['door'] as const,
  queryFn: async ({ signal }): Promise<PracticeDoor | null> => {
    try {
      return await unwrap(api.GET('/api/v1/auth/practice', { signal }));
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
  queryFn: async ({ signal }) => (await unwrap(api.GET('/api/v1/auth/providers', { signal }))).items,
  staleTime: Infinity,
  retry: false,
});

/** Links whom a provider vouched for just now to whoever has signed in since. */
export const linkExternal = () => unwrap(api.POST('/api/v1/auth/oidc/link'));

export const useForgot = () => useMutation({ mutationFn: (email: string) => unwrap(api.POST('/api/v1/auth/password/forgot', { body: { email } })) });
export const useReset = () => useMutation({ mutationFn: (body: Schemas['PasswordReset']) => unwrap(api.POST('/api/v1/auth/password/reset', { body })) });

export const inviteQuery = (token: string) =>
  queryOptions({
    // the token is a secret: the key of the cache carries it no further than this page's memory
    queryKey: ['invite', token] as const,
    queryFn: () => unwrap(api.POST('/api/v1/auth/invite/look', { body: { token } })),
    staleTime: Infinity,
    retry: false,
  });

export const acceptInvite = (body: Schemas['Accept']): Promise<SignInAnswer> => unwrap(api.POST('/api/v1/auth/invite/accept', { body }));

/** Forgets everything this page knows and goes to the sign-in page. */
export async function leave(client: QueryClient, router: AnyRouter) {
  rememberSession(false);
  forgetPresence();
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

/** Goes over to another practice in which the person works: a session of its own, with nothing of the last one left. */
export function useSwitchPractice() {
  const adopt = useAdoptSession();
  const router = useRouter();
  return useMutation({
    mutationFn: (practiceId: string) => unwrap(api.POST('/api/v1/auth/switch', { body: { practiceId } })),
    onSuccess: async (session) => {
      await adopt(session);
      await router.navigate({ to: '/' });
    },
  });
}

/** Somebody is there. Reading and renewing do not say so. */
export const reportActivity = () => unwrap(api.POST('/api/v1/auth/activity'));
