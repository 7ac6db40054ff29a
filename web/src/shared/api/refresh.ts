import type { Ending } from './reauth';

/** Other tabs see when the session was last renewed, and do not renew it a second time. A time stamp, nothing else. */
const STAMP = 'vantage.refreshedAt';
const LOCK = 'vantage.refresh';

/** Runs `work` alone among all tabs. Browsers without locks (plain http on another host) fall back to this tab only. */
const exclusively = <T>(work: () => Promise<T>): Promise<T> =>
  navigator.locks ? (navigator.locks.request(LOCK, work) as Promise<T>) : work();

/** What came of renewing a session: it goes on, or it is over for a reason. */
export type Renewal = 'renewed' | Ending;

/**
 * Renews the session once, however many requests found it expired at the same moment and in however many tabs.
 * `since` is when the request that failed was sent: a renewal after that is news enough to simply try again.
 * Says so when the session is over; throws when the server cannot be reached.
 */
export function createRefresh(renew: () => Promise<Renewal>, now: () => number = Date.now) {
  let running: Promise<Renewal> | undefined;
  return (since: number): Promise<Renewal> => {
    running ??= exclusively(async () => {
      if (Number(localStorage.getItem(STAMP)) > since) return 'renewed';
      const renewal = await renew();
      if (renewal === 'renewed') localStorage.setItem(STAMP, String(now()));
      return renewal;
    }).finally(() => {
      running = undefined;
    });
    return running;
  };
}
