import createClient, { type Middleware } from 'openapi-fetch';
import { problemOf, type Schemas } from './problem';
import { signInAgain } from './reauth';
import { createRefresh } from './refresh';
import type { paths } from './schema.gen';
import { send } from './send';
import { createSessionFetch } from './session-fetch';

type Listener = (session: Schemas['Session']) => void;
const listeners = new Set<Listener>();
/** Called with what a renewal answers: rights or the practice may have changed since the last one. */
export function onRenewed(listener: Listener): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

export const refreshSession = createRefresh(async () => {
  const response = await send(new Request('/api/v1/auth/refresh', { method: 'POST' }));
  if (!response.ok) return (await problemOf(response)).problem.code === 'auth.idle' ? 'idle' : 'ended';
  const session = (await response.json()) as Schemas['Session'];
  for (const listener of [...listeners]) listener(session);
  return 'renewed';
});

const throwProblems: Middleware = {
  async onResponse({ response }) {
    if (!response.ok) throw await problemOf(response);
  },
};

/** Typed by the server's own OpenAPI document. Every refusal is thrown as `ApiProblem`. */
export const api = createClient<paths>({
  baseUrl: location.origin,
  fetch: createSessionFetch({ send, refresh: refreshSession, signInAgain }),
});
api.use(throwProblems);

/** The client's answer is `{ data, error }`; errors were thrown already, so the data is there. */
export async function unwrap<T>(answer: Promise<{ data?: T }>): Promise<T> {
  return (await answer).data as T;
}
