/** Two instants and a mark, shared by all windows of this browser: that somebody is there, or that nobody was. */
const ACTIVE = 'vantage.activeAt';
const REPORTED = 'vantage.activeReportedAt';
const LOCKED = 'vantage.locked';

const instant = (key: string) => ({
  read: () => Number(localStorage.getItem(key)) || 0,
  write: (at: number) => localStorage.setItem(key, String(at)),
});
export const activeAt = instant(ACTIVE);
export const reportedAt = instant(REPORTED);

/** A reload must not open what was locked: the server's clock may run up to a minute longer than ours. */
export const isLocked = () => localStorage.getItem(LOCKED) !== null;
export const markLocked = () => localStorage.setItem(LOCKED, '1');

/** Somebody has just signed in: they are there, and the server knows it. */
export function markPresent(now = Date.now()) {
  localStorage.removeItem(LOCKED);
  activeAt.write(now);
  reportedAt.write(now);
}

/** Nobody is signed in. */
export function forgetPresence() {
  for (const key of [ACTIVE, REPORTED, LOCKED]) localStorage.removeItem(key);
}

/** Calls back when another window has seen somebody. */
export function onPresence(listener: () => void): () => void {
  const onStorage = (event: StorageEvent) => {
    if (event.key === ACTIVE) listener();
  };
  window.addEventListener('storage', onStorage);
  return () => window.removeEventListener('storage', onStorage);
}
