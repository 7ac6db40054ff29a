import { type QueryClient, useMutation, useQueryClient } from '@tanstack/react-query';
import { type AnyRouter, useRouter } from '@tanstack/react-router';
import { api, unwrap } from '@/shared/api/client';
import type { Schemas } from '@/shared/api/problem';
import { rememberSession, settleSignIn } from '@/shared/api/reauth';
import { forgetAllButSession, replaceSession, type Session, sessionQuery } from '@/shared/auth/session';
import { tellTabs } from '@/shared/auth/tabs';
import { chosenLang, setLang } from '@/shared/i18n';

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

export const useSignIn = () =>
  useMutation({ mutationFn: (body: Schemas['Login']) => unwrap(api.POST('/api/v1/auth/login', { body })) });

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
