import { problemOf } from './problem';
import type { Ending } from './reauth';
import type { Renewal } from './refresh';

type Parts = {
  send: (request: Request) => Promise<Response>;
  /** Renews the session, or says why it is over. */
  refresh: (since: number) => Promise<Renewal>;
  /** Lets the same person sign in again over the page; false when they gave up. */
  signInAgain: (why: Ending) => Promise<boolean>;
};

/**
 * Signing in, out and up answer for themselves, and administrators have sessions of their own, under which they also look
 * into a practice: a 401 there is the answer.
 */
const aboutSession = (request: Request) => /^\/api\/v1\/(auth|admin)\//.test(new URL(request.url).pathname) || request.headers.has('x-vantage-grant');

/** A refusal that signing in again mends. Others are answers to what was asked, such as a code that is wrong. */
const endings: Record<string, Ending | undefined> = {
  'auth.required': 'ended',
  'auth.token_expired': 'ended',
  'auth.session_ended': 'ended',
  'auth.idle': 'idle',
};

/**
 * Sends a request, and when the session has run out meanwhile, renews it and sends the same request again.
 * If it cannot be renewed the request waits for the person to sign in: what they typed is neither lost nor sent twice
 * (the copy carries the same body and the same Idempotency-Key).
 */
export function createSessionFetch({ send, refresh, signInAgain }: Parts) {
  return async (request: Request): Promise<Response> => {
    // who came by a patient's link has no session that could be renewed
    if (request.headers.has('authorization')) return send(request);
    const since = Date.now();
    let spare = request.clone();
    let response = await send(request);
    if (response.status !== 401) return response;
    const resend = () => {
      const next = spare;
      spare = next.clone();
      return send(next);
    };

    let { code } = (await problemOf(response)).problem;
    let why = endings[code];
    if (code === 'auth.token_expired') {
      const renewal = await refresh(since);
      if (renewal === 'renewed') {
        response = await resend();
        if (response.status !== 401) return response;
        ({ code } = (await problemOf(response)).problem);
        why = endings[code];
      } else why = renewal;
    }
    if (!why || aboutSession(request)) return response;
    return (await signInAgain(why)) ? resend() : response;
  };
}
