import { createStore } from '@/shared/store';

/** True while the session is over and the person is asked to sign in again over the page they were on. */
export const signInNeeded = createStore(false);

let waiting: ((signedIn: boolean) => void)[] = [];

/** Only a page that has had a session may ask for a new one; before that, the router goes to the sign-in page. */
let hadSession = false;
export const rememberSession = (had: boolean) => {
  hadSession = had;
};

/** Resolves when the person has signed in again, or with false when there is nobody to ask or they left. */
export function signInAgain(): Promise<boolean> {
  if (!hadSession) return Promise.resolve(false);
  signInNeeded.set(true);
  return new Promise((resolve) => waiting.push(resolve));
}

export function settleSignIn(signedIn: boolean) {
  const all = waiting;
  waiting = [];
  signInNeeded.set(false);
  for (const resolve of all) resolve(signedIn);
}
