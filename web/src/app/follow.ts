import type { QueryClient } from '@tanstack/react-query';
import type { AnyRouter } from '@tanstack/react-router';
import { onRenewed, refreshSession } from '@/shared/api/client';
import { hasCode } from '@/shared/api/problem';
import { followLanguage } from '@/shared/auth/language';
import { looksDifferent, replaceSession, type Session, sessionQuery } from '@/shared/auth/session';
import { tellTabs } from '@/shared/auth/tabs';

/**
 * What the server says about the session reaches the page at once: a renewal brings the rights of the moment, and a
 * demand for a second factor takes one to where it is set up.
 */
export function followSession(client: QueryClient, router: AnyRouter): () => void {
  const { queryKey } = sessionQuery;
  const stopRenewals = onRenewed((session) => {
    const before = client.getQueryData<Session | null>(queryKey);
    if (before && !looksDifferent(before, session)) return;
    replaceSession(client, session);
    tellTabs('signed-in');
  });

  let seen = client.getQueryData<Session | null>(queryKey);
  const stopLooking = client.getQueryCache().subscribe((event) => {
    if (event.type !== 'updated') return;
    const { action, query } = event;
    if (action.type === 'error') return demanded(action.error);
    if (query.queryKey[0] !== queryKey[0] || action.type !== 'success') return;
    const now = query.state.data as Session | null;
    if (now) void followLanguage(now);
    if (seen && now && seen.mustEnrol !== now.mustEnrol) {
      // the router decides anew who may be where
      void router.invalidate();
      void obey();
    }
    seen = now;
  });
  const stopChanges = client.getMutationCache().subscribe((event) => {
    if (event.type === 'updated' && event.action.type === 'error') demanded(event.action.error);
  });
  /** The token that requests carry still says what was so before; what it was refused meanwhile is asked for again. */
  async function obey() {
    const renewal = await refreshSession(Date.now()).catch(() => undefined);
    if (renewal === 'renewed') void client.invalidateQueries({ predicate: (query) => query.queryKey[0] !== queryKey[0] });
  }
  function demanded(error: unknown) {
    if (hasCode(error, 'auth.second_factor_enrolment')) void client.invalidateQueries({ queryKey });
  }

  return () => {
    stopRenewals();
    stopLooking();
    stopChanges();
  };
}
