import { useReducer, useState } from 'react';
import type { Session } from '@/shared/auth/session';
import { signIn, type SignInAnswer } from '../api';
import { askForPasskey } from '../webauthn';
import { advance, type Method, start } from './flow';

type Challenge = { challenge: string; methods: Method[] };
const begin = (asked?: Challenge) => (asked ? advance(start, { is: 'challenged', ...asked }) : start);

/**
 * The way in, for the page and for the dialog over a page. `onSession` is called once somebody is in. Who has shown the
 * first factor elsewhere begins with the second one, `asked`.
 */
export function useSignInFlow(onSession: (session: Session) => unknown, practiceSlug?: string, asked?: Challenge) {
  const [flow, tell] = useReducer(advance, asked, begin);
  const [busy, setBusy] = useState<'password' | Method | 'passkeyAlone'>();

  /** Resolves to what went wrong, for those who want to say it beside a field. */
  const attempt = async (what: NonNullable<typeof busy>, work: () => Promise<SignInAnswer>): Promise<unknown> => {
    setBusy(what);
    tell({ is: 'trying' });
    try {
      const answer = await work();
      if ('challenge' in answer) tell({ is: 'challenged', challenge: answer.challenge, methods: answer.methods });
      else await onSession(answer);
      return undefined;
    } catch (error) {
      tell({ is: 'refused', error });
      return error;
    } finally {
      setBusy(undefined);
    }
  };
  const challenge = flow.step.at === 'second' ? flow.step.challenge : '';

  return {
    ...flow,
    busy,
    attempt,
    password: (email: string, password: string, slug = practiceSlug) =>
      attempt('password', () => signIn.password({ email, password, ...(slug ? { practiceSlug: slug } : {}) })),
    code: (code: string, method: 'totp' | 'recovery_code') => attempt(method, () => signIn.code(challenge, code)),
    secondPasskey: () =>
      attempt('passkey', async () => {
        const options = await signIn.secondPasskeyOptions(challenge);
        return signIn.secondPasskey(challenge, await askForPasskey(options));
      }),
    passkeyAlone: () =>
      attempt('passkeyAlone', async () => {
        const asked = await signIn.passkeyOptions();
        return signIn.passkey(asked.challenge, await askForPasskey(asked.options), practiceSlug);
      }),
    use: (method: Method) => tell({ is: 'using', method }),
    back: () => tell({ is: 'back' }),
  };
}

export type SignInFlow = ReturnType<typeof useSignInFlow>;
