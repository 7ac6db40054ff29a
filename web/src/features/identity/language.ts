import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import { api, unwrap } from '@/shared/api/client';
import { hasCode } from '@/shared/api/problem';
import { followLanguage } from '@/shared/auth/language';
import { type Session, sessionQuery } from '@/shared/auth/session';
import { type Lang, setLang } from '@/shared/i18n';

/** Chosen by hand before signing in, on this page: that is newer than what the profile says. */
let picked: Lang | undefined;
/** A form that asks for the language has the last word. */
export const forgetPick = () => {
  picked = undefined;
};

const speaking = (session: Session, language: Lang): Session => ({ ...session, user: { ...session.user, language } });

/** Writes the language into the profile; a change of the profile in another window does not get in its way. */
async function keep(language: Lang, tries = 2): Promise<void> {
  const { version } = await unwrap(api.GET('/api/v1/account'));
  try {
    await api.PATCH('/api/v1/account', { body: { version, language } });
  } catch (error) {
    if (!hasCode(error, 'version.stale') || tries <= 1) throw error;
    await keep(language, tries - 1);
  }
}

async function change(client: QueryClient, language: Lang) {
  // what is being fetched still says the old one
  await client.cancelQueries({ queryKey: sessionQuery.queryKey });
  client.setQueryData<Session | null>(sessionQuery.queryKey, (session) => (session ? speaking(session, language) : session));
  await keep(language);
  await client.invalidateQueries({ queryKey: ['account'] });
}

/** Switches the language at once, for whoever is signed in also in their profile. Rejects when that could not be kept. */
export function useSpeak() {
  const client = useQueryClient();
  return async (language: Lang) => {
    await setLang(language);
    if (client.getQueryData<Session | null>(sessionQuery.queryKey)) await change(client, language);
    else picked = language;
  };
}

/** After signing in: the profile's language, unless another one was chosen on the way. */
export async function settleLanguage(client: QueryClient, session: Session) {
  const choice = picked;
  picked = undefined;
  if (!choice || choice === session.user.language) return followLanguage(session);
  await followLanguage(speaking(session, choice));
  // signing in has worked; a profile that keeps the old language is no reason to stop
  await change(client, choice).catch(() => undefined);
}
