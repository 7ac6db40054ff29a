import { createStore } from '@/shared/store';

/** Why somebody is asked to sign in over the page they are on: the session is over, or nobody was there for a while. */
export type Ending = 'ended' | 'idle';

/** Set while the session is over and the person is asked to sign in again over the page they were on. */
export const signInNeeded = createStore<Ending | undefined>(undefined);

let waiting: ((signedIn: boolean) => void)[] = [];

/** Only a page that has had a session may ask for a new one; before that, the router goes to the sign-in page. */
let hadSession = false;
export const rememberSession = (had: boolean) => {
  hadSession = had;
};

/** Resolves when the person has signed in again, or with false when there is nobody to ask or they left. */
export function signInAgain(why: Ending = 'ended'): Promise<boolean> {
  if (!hadSession) return Promise.resolve(false);
  if (!signInNeeded.get()) signInNeeded.set(why);
  return new Promise((resolve) => waiting.push(resolve));
}

export function settleSignIn(signedIn: boolean) {
  const all = waiting;
  waiting = [];
  signInNeeded.set(undefined);
  for (const resolve of all) resolve(signedIn);
}
