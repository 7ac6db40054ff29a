import { problemOf } from './problem';

type Parts = {
  send: (request: Request) => Promise<Response>;
  /** Renews the session; false when it is over. */
  refresh: (since: number) => Promise<boolean>;
  /** Lets the same person sign in again over the page; false when they gave up. */
  signInAgain: () => Promise<boolean>;
};

/** Signing in, out and up answer for themselves, and administrators have sessions of their own: a 401 there is the answer. */
const aboutSession = (request: Request) => /^\/api\/v1\/(auth|admin)\//.test(new URL(request.url).pathname);

/**
 * Sends a request, and when the session has run out meanwhile, renews it and sends the same request again.
 * If it cannot be renewed the request waits for the person to sign in: what they typed is neither lost nor sent twice
 * (the copy carries the same body and the same Idempotency-Key).
 */
export function createSessionFetch({ send, refresh, signInAgain }: Parts) {
  return async (request: Request): Promise<Response> => {
    const since = Date.now();
    let spare = request.clone();
    let response = await send(request);
    if (response.status !== 401) return response;
    const resend = () => {
      const next = spare;
      spare = next.clone();
      return send(next);
    };

    if ((await problemOf(response)).problem.code === 'auth.token_expired') {
      if (await refresh(since)) response = await resend();
    }
    if (response.status !== 401 || aboutSession(request)) return response;
    return (await signInAgain()) ? resend() : response;
  };
}
