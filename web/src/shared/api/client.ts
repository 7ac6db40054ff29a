import createClient, { type Middleware } from 'openapi-fetch';
import { problemOf } from './problem';
import { signInAgain } from './reauth';
import { createRefresh } from './refresh';
import type { paths } from './schema.gen';
import { send } from './send';
import { createSessionFetch } from './session-fetch';

export const refreshSession = createRefresh(async () => (await send(new Request('/api/v1/auth/refresh', { method: 'POST' }))).ok);

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
