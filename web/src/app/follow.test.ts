import { QueryClient } from '@tanstack/react-query';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { refreshSession } from '@/shared/api/client';
import { ApiProblem } from '@/shared/api/problem';
import { type Session, sessionQuery } from '@/shared/auth/session';
import { sessionOf } from '@/shared/auth/session.fixture';
import { followSession } from './follow';

let client: QueryClient;
let stop: () => void;
const router = { invalidate: vi.fn() };
const known = () => client.getQueryData<Session | null>(sessionQuery.queryKey);

beforeEach(() => {
  localStorage.clear();
  client = new QueryClient();
  client.setQueryData(sessionQuery.queryKey, sessionOf({ permissions: ['services.read'] }));
  vi.stubGlobal('fetch', async () => Response.json(sessionOf({ mustEnrol: true })));
  stop = followSession(client, router as never);
  router.invalidate.mockClear();
});
afterEach(() => stop());

async function renewTo(session: Session) {
  vi.stubGlobal('fetch', async () => Response.json(session));
  await refreshSession(Date.now());
}

it('shows the rights of the moment as soon as the session is renewed', async () => {
  await renewTo(sessionOf({ permissions: ['services.read', 'services.write'], expiresAt: '2031-01-01T00:00:00Z' }));
  expect(known()?.permissions).toEqual(['services.read', 'services.write']);
});

it('leaves the page alone when nothing changed but the time', async () => {
  const before = known();
  await renewTo(sessionOf({ permissions: ['services.read'], expiresAt: '2031-01-01T00:00:00Z' }));
  expect(known()).toBe(before);
});

it('forgets what was loaded when it is another practice', async () => {
  client.setQueryData(['service', 'list'], 'of the first');
  const other = sessionOf();
  await renewTo({ ...other, practice: { ...other.practice, id: 'p2' } });
  expect(client.getQueryData(['service', 'list'])).toBeUndefined();
});

it('asks what is demanded when any request is refused for the lack of a second factor', async () => {
  const refusal = new ApiProblem({ type: 'about:blank', title: 't', status: 403, code: 'auth.second_factor_enrolment', requestId: 'r' });
  await client.fetchQuery({ queryKey: ['service'], queryFn: () => Promise.reject(refusal), retry: false }).catch(() => undefined);
  expect(client.getQueryState(sessionQuery.queryKey)?.isInvalidated).toBe(true);
});

it('lets the router decide anew when a second factor is demanded, or no longer', () => {
  client.setQueryData(sessionQuery.queryKey, sessionOf({ mustEnrol: true }));
  expect(router.invalidate).toHaveBeenCalledTimes(1);
  client.setQueryData(sessionQuery.queryKey, sessionOf({ mustEnrol: true, permissions: ['x'] }));
  expect(router.invalidate).toHaveBeenCalledTimes(1);
});
