import type { QueryClient } from '@tanstack/react-query';
import type { AnyRouter } from '@tanstack/react-router';
import { leave } from '@/features/identity/api';
import { settleSignIn, signInNeeded } from '@/shared/api/reauth';
import { identityOf, type Session, sessionQuery } from '@/shared/auth/session';
import { listenToTabs } from '@/shared/auth/tabs';

/** Signing out in one tab signs out all of them; signing in again in one relieves the others of asking. */
export function followTabs(client: QueryClient, router: AnyRouter): () => void {
  return listenToTabs((news) => {
    const before = client.getQueryData<Session | null>(sessionQuery.queryKey);
    if (news === 'signed-out') {
      if (before) void leave(client, router);
      return;
    }
    void client.fetchQuery({ ...sessionQuery, staleTime: 0 }).then((now) => {
      if (signInNeeded.get()) settleSignIn(!!now && !!before && identityOf(now) === identityOf(before));
      if (!before) void router.invalidate();
    });
  });
}
