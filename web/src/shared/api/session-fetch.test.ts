import { beforeEach, expect, it, vi } from 'vitest';
import { createRefresh } from './refresh';
import { createSessionFetch } from './session-fetch';

const refusal = (code: string) =>
  new Response(JSON.stringify({ type: 'about:blank', title: code, status: 401, code, requestId: 'r' }), { status: 401 });
const request = (path = '/api/v1/services', init?: RequestInit) => new Request(`http://localhost${path}`, init);

/** A server whose session is good or not. */
function server(start: 'good' | 'expired' | 'ended' | 'idle' | 'wrong') {
  let state = start;
  const bodies: string[] = [];
  const keys: (string | null)[] = [];
  return {
    bodies,
    keys,
    become: (next: typeof state) => (state = next),
    send: vi.fn(async (r: Request) => {
      if (r.method === 'POST') {
        bodies.push(await r.text());
        keys.push(r.headers.get('Idempotency-Key'));
      }
      if (state === 'good') return new Response('{}', { status: 200 });
      return refusal({ expired: 'auth.token_expired', ended: 'auth.session_ended', idle: 'auth.idle', wrong: 'auth.invalid_code' }[state]);
    }),
  };
}

beforeEach(() => localStorage.clear());

it('renews an expired session once for many requests, and sends them all again', async () => {
  const s = server('expired');
  const renew = vi.fn(async () => {
    await new Promise((r) => setTimeout(r, 5));
    s.become('good');
    return 'renewed' as const;
  });
  const fetch = createSessionFetch({ send: s.send, refresh: createRefresh(renew), signInAgain: async () => false });
  const answers = await Promise.all(Array.from({ length: 8 }, () => fetch(request())));
  expect(answers.map((a) => a.status)).toEqual(Array(8).fill(200));
  expect(renew).toHaveBeenCalledTimes(1);
});

it('does not renew again when another tab did so after the request was sent', async () => {
  const renew = vi.fn(async () => 'renewed' as const);
  const refresh = createRefresh(renew);
  localStorage.setItem('vantage.refreshedAt', String(2_000));
  expect(await refresh(1_000)).toBe('renewed');
  expect(renew).not.toHaveBeenCalled();
  await refresh(3_000);
  expect(renew).toHaveBeenCalledTimes(1);
});

it('can renew again after a failure', async () => {
  const renew = vi.fn().mockRejectedValueOnce(new Error('down')).mockResolvedValueOnce('renewed');
  const refresh = createRefresh(renew);
  await expect(refresh(0)).rejects.toThrow('down');
  expect(await refresh(0)).toBe('renewed');
});

it('waits for the person to sign in again, then sends the same body with the same key', async () => {
  const s = server('expired');
  const signInAgain = vi.fn(async () => {
    s.become('good');
    return true;
  });
  const fetch = createSessionFetch({ send: s.send, refresh: async () => 'ended', signInAgain });
  const headers = { 'Idempotency-Key': 'k1' };
  const answer = await fetch(request('/api/v1/services', { method: 'POST', body: '{"nameEn":"Check-up"}', headers }));
  expect(answer.status).toBe(200);
  expect(s.bodies).toEqual(['{"nameEn":"Check-up"}', '{"nameEn":"Check-up"}']);
  expect(s.keys).toEqual(['k1', 'k1']);
});

it('gives the refusal back when nobody signs in, and never asks about signing in itself', async () => {
  const s = server('ended');
  const signInAgain = vi.fn(async () => false);
  const fetch = createSessionFetch({ send: s.send, refresh: async () => 'ended', signInAgain });
  expect((await fetch(request())).status).toBe(401);
  expect(signInAgain).toHaveBeenCalledTimes(1);
  expect((await fetch(request('/api/v1/auth/login', { method: 'POST', body: '{}' }))).status).toBe(401);
  expect(signInAgain).toHaveBeenCalledTimes(1);
});

it('says why the session is over, also when only the renewal knows', async () => {
  const signInAgain = vi.fn(async () => false);
  const parts = { refresh: async () => 'idle' as const, signInAgain };
  await createSessionFetch({ send: server('expired').send, ...parts })(request());
  await createSessionFetch({ send: server('idle').send, ...parts })(request());
  await createSessionFetch({ send: server('ended').send, ...parts })(request());
  expect(signInAgain.mock.calls).toEqual([['idle'], ['idle'], ['ended']]);
});

it('takes a wrong code for what it is: an answer', async () => {
  const signInAgain = vi.fn(async () => true);
  const s = server('wrong');
  const answer = await createSessionFetch({ send: s.send, refresh: async () => 'renewed', signInAgain })(request('/api/v1/account/totp/confirm'));
  expect(answer.status).toBe(401);
  expect(signInAgain).not.toHaveBeenCalled();
  expect(s.send).toHaveBeenCalledTimes(1);
});

it('leaves whoever came by a patient’s link alone: there is no session to renew, and nobody to sign in', async () => {
  const s = server('expired');
  const [refresh, signInAgain] = [vi.fn(), vi.fn()];
  const fetch = createSessionFetch({ send: s.send, refresh, signInAgain });
  const answer = await fetch(request('/api/v1/visit', { headers: { authorization: 'Bearer t' } }));
  expect(answer.status).toBe(401);
  expect(s.send).toHaveBeenCalledTimes(1);
  expect(refresh).not.toHaveBeenCalled();
  expect(signInAgain).not.toHaveBeenCalled();
});
