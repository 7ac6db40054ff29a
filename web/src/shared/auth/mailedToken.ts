import { redirect } from '@tanstack/react-router';
import { createStore, useStore } from '@/shared/store';

/**
 * Links in mails carry their secret behind a `#`, which no server or log on the way sees. Here it is taken out of the
 * address bar before anything is shown, and lives in this page's memory only: not in the history, not in storage.
 */
const kept = createStore<Record<string, string>>({});

/** Remembers the fragment of a mailed link for its page. False when there is none. */
function keepToken(path: string, hash: string): boolean {
  const token = hash.replace(/^#/, '').trim();
  if (!token) return false;
  kept.set({ ...kept.get(), [path]: token });
  return true;
}

/** Before a page that a mail leads to is loaded: its secret goes into memory, and the address is replaced. */
export function takeToken({ location }: { location: { pathname: string; search: object; hash: string } }) {
  const { pathname, search, hash } = location;
  if (keepToken(pathname, hash)) throw redirect({ to: pathname, search, hash: '', replace: true });
}

/** Once it has served, or turned out to be of no use. */
export const forgetToken = (path: string) => kept.set(Object.fromEntries(Object.entries(kept.get()).filter(([key]) => key !== path)));

export const useMailedToken = (path: string): string | undefined => useStore(kept)[path];
