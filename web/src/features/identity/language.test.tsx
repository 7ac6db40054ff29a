import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { renderHook } from '@testing-library/react';
import type { ReactNode } from 'react';
import { beforeEach, expect, it, vi } from 'vitest';
import { followLanguage } from '@/shared/auth/language';
import { type Session, sessionQuery } from '@/shared/auth/session';
import { sessionOf } from '@/shared/auth/session.fixture';
import { type Lang, setLang } from '@/shared/i18n';
import { forgetPick, settleLanguage, useSpeak } from './language';

let client: QueryClient;
let person = 0;
/** A new person each time: what the last one's profile said is remembered. */
const speaking = (language: Lang): Session => ({ ...sessionOf(), user: { ...sessionOf().user, id: `u${person}`, language } });
const spoken = () => document.documentElement.lang;
const kept = vi.fn();

beforeEach(async () => {
  person++;
  client = new QueryClient();
  forgetPick();
  kept.mockClear();
  await setLang('en');
  let version = 1;
  vi.stubGlobal('fetch', async (request: Request) => {
    if (request.method === 'GET') return Response.json({ name: 'Sara', email: 'e', language: 'en', version });
    const change = JSON.parse(await request.text()) as { version: number; language: Lang };
    kept(change.language);
    // another window was quicker, once
    if (version++ === 1) return new Response(JSON.stringify({ type: '', title: '', status: 409, code: 'version.stale', requestId: '' }), { status: 409 });
    return Response.json({ name: 'Sara', email: 'e', language: change.language, version });
  });
});

const speak = () =>
  renderHook(useSpeak, { wrapper: ({ children }: { children: ReactNode }) => <QueryClientProvider client={client}>{children}</QueryClientProvider> }).result.current;

it('speaks the language of the profile on a new device', async () => {
  await settleLanguage(client, speaking('ar'));
  expect(spoken()).toBe('ar');
  expect(kept).not.toHaveBeenCalled();
});

it('keeps what was chosen before signing in, also in the profile', async () => {
  await speak()('ar');
  client.setQueryData(sessionQuery.queryKey, speaking('en'));
  await settleLanguage(client, speaking('en'));
  expect(spoken()).toBe('ar');
  expect(kept).toHaveBeenLastCalledWith('ar');
  expect(client.getQueryData<Session | null>(sessionQuery.queryKey)?.user.language).toBe('ar');
});

it('switches at once, and writes it down though another window was quicker', async () => {
  client.setQueryData(sessionQuery.queryKey, speaking('en'));
  await followLanguage(speaking('en'));
  await speak()('ar');
  expect(spoken()).toBe('ar');
  expect(kept).toHaveBeenCalledTimes(2);
  // what was on its way meanwhile still says the old one, and does not win
  await followLanguage(speaking('en'));
  expect(spoken()).toBe('ar');
});

it('follows a change made on another device', async () => {
  await followLanguage(speaking('en'));
  await followLanguage(speaking('ar'));
  expect(spoken()).toBe('ar');
});
