/** How long before the lock it is announced. */
export const WARNING_MS = 60_000;
/** The server hears of input at most this often. */
const REPORT_MS = 60_000;
/** Input is looked at no more often than this, and other windows hear of it as often. */
const SHARE_MS = 1_000;

/** One instant, known to all windows of this browser. */
export type Shared = { read: () => number; write: (at: number) => void };

type Parts = {
  limitMs: number;
  now: () => number;
  /** When somebody last did something, in any window. */
  active: Shared;
  /** When the server last heard of it, from any window. */
  reported: Shared;
  /** Tells the server that somebody is there. */
  report: () => void;
  /** Called with the instant of the lock when it comes near, and with nothing when somebody is there after all. */
  onWarning: (lockAt: number | undefined) => void;
  onLock: () => void;
};

/**
 * Watches whether somebody is there. The server hears of the first input at once and of what follows within a minute,
 * so that its clock never runs out before this one. Once announced, the lock is called off on purpose only (`stay`):
 * a hand that brushes the mouse is nobody at work.
 */
export function watchIdle({ limitMs, now, active, reported, report, onWarning, onLock }: Parts) {
  let warning = false;
  let over = false;
  let seen = -Infinity;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let reporting: ReturnType<typeof setTimeout> | undefined;

  const tell = () => {
    clearTimeout(reporting);
    reporting = undefined;
    reported.write(now());
    report();
  };
  const tellSoon = () => {
    const due = reported.read() + REPORT_MS - now();
    if (due <= 0) return tell();
    reporting ??= setTimeout(() => {
      reporting = undefined;
      // another window may have told meanwhile
      if (active.read() > reported.read()) tellSoon();
    }, due);
  };

  /** Looks at the clock: timers sleep with the machine and dawdle in hidden windows. */
  const check = () => {
    clearTimeout(timer);
    if (over) return;
    const lockAt = active.read() + limitMs;
    const left = lockAt - now();
    if (left <= 0) {
      over = true;
      clearTimeout(reporting);
      return onLock();
    }
    const near = left <= WARNING_MS;
    if (near || warning) onWarning(near ? lockAt : undefined);
    warning = near;
    timer = setTimeout(check, near ? left : left - WARNING_MS);
  };

  return {
    check,
    /** Real input. */
    touch() {
      // a moving mouse speaks a hundred times a second
      if (now() - seen < SHARE_MS) return;
      seen = now();
      check();
      if (over || warning) return;
      active.write(seen);
      tellSoon();
    },
    /** Somebody said that they are there. */
    stay() {
      if (over) return;
      active.write(now());
      tell();
      check();
    },
    stop() {
      over = true;
      clearTimeout(timer);
      clearTimeout(reporting);
    },
  };
}
