import { type QueryClient, queryOptions, useSuspenseQuery } from '@tanstack/react-query';
import { api, unwrap } from '@/shared/api/client';
import { ApiProblem, type Schemas } from '@/shared/api/problem';
import { rememberSession, signInAgain, signInNeeded } from '@/shared/api/reauth';
import { followLanguage } from './language';
import { forgetPresence } from './presence';

export type Session = Schemas['Session'];

/** The permissions this client asks about; the server decides, this only spares people buttons that would be refused. */
export type Permission = Schemas['PermissionName'];

/** One person in one practice: when it changes, nothing that was loaded before may be shown. */
export const identityOf = (session: Session) => `${session.user.id} ${session.practice.id}`;

const SESSION = ['session'] as const;

export const forgetAllButSession = (client: QueryClient) =>
  client.removeQueries({ predicate: (query) => query.queryKey[0] !== SESSION[0] });

/** Cookies are shared by all tabs, so the session may have become another person's; then what is cached goes. */
export function replaceSession(client: QueryClient, session: Session) {
  const before = client.getQueryData<Session | null>(SESSION);
  if (!before || identityOf(before) !== identityOf(session)) forgetAllButSession(client);
  client.setQueryData(SESSION, session);
  rememberSession(true);
}

/** Who is signed in, or null. The cookies themselves are out of reach for scripts. */
export const sessionQuery = queryOptions({
  queryKey: SESSION,
  queryFn: async ({ client, signal }): Promise<Session | null> => {
    try {
      const session = await unwrap(api.GET('/api/v1/auth/session', { signal }));
      replaceSession(client, session);
      // before anything is shown, so that nothing flashes in another language
      await followLanguage(session);
      return session;
    } catch (error) {
      if (!(error instanceof ApiProblem) || error.problem.status !== 401) throw error;
      // it ended while a page was open: ask over the page, and keep what the page knows
      const known = client.getQueryData<Session | null>(SESSION);
      if (!known) {
        forgetPresence();
        return null;
      }
      if (!signInNeeded.get()) void signInAgain(error.problem.code === 'auth.idle' ? 'idle' : 'ended');
      return known;
    }
  },
  staleTime: 60_000,
});

/** Whether a page would look different to them: rights, the role's name, the practice, what is demanded of them. */
export const looksDifferent = (a: Session, b: Session) =>
  JSON.stringify({ ...a, expiresAt: '' }) !== JSON.stringify({ ...b, expiresAt: '' });

/** Who was signed in last in this window. */
let last: Session | null = null;

/** For everything inside the shell, where the router has made sure that somebody is signed in. */
export function useSession(): Session {
  const { data } = useSuspenseQuery(sessionQuery);
  // while signing out there is a moment with the page still there and the session gone; a part of the page whose code
  // has only just arrived appears in it for the first time
  if (data) last = data;
  if (!last) throw new Error('no session inside the shell');
  return last;
}

export function useCan() {
  const { permissions } = useSession();
  return (permission: Permission) => permissions.includes(permission);
}
