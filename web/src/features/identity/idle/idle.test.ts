import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type Shared, watchIdle } from './idle';

const MINUTE = 60_000;
const shared = (at: number): Shared & { at: number } => ({
  at,
  read() {
    return this.at;
  },
  write(next) {
    this.at = next;
  },
});

beforeEach(() => void vi.useFakeTimers({ now: 1_000_000 }));
afterEach(() => void vi.useRealTimers());

function watch(minutes = 5, active = shared(Date.now()), reported = shared(Date.now())) {
  const parts = { report: vi.fn(), onWarning: vi.fn(), onLock: vi.fn() };
  const idle = watchIdle({ limitMs: minutes * MINUTE, now: Date.now, active, reported, ...parts });
  idle.check();
  return { ...parts, ...idle, active, reported };
}

it('warns a minute before, then locks, once', () => {
  const w = watch();
  vi.advanceTimersByTime(4 * MINUTE - 1);
  expect(w.onWarning).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(w.onWarning).toHaveBeenLastCalledWith(1_000_000 + 5 * MINUTE);
  vi.advanceTimersByTime(MINUTE - 1);
  expect(w.onLock).not.toHaveBeenCalled();
  vi.advanceTimersByTime(10 * MINUTE);
  expect(w.onLock).toHaveBeenCalledTimes(1);
  expect(w.report).not.toHaveBeenCalled();
});

it('input puts the lock off, and the server hears of it at most once a minute', () => {
  const w = watch();
  for (let second = 0; second < 10 * 60; second++) {
    vi.advanceTimersByTime(1_000);
    w.touch();
  }
  expect(w.onWarning).not.toHaveBeenCalled();
  expect(w.report.mock.calls.length).toBeGreaterThanOrEqual(9);
  expect(w.report.mock.calls.length).toBeLessThanOrEqual(10);
});

it('the server’s clock never runs out before this one', () => {
  const w = watch();
  vi.advanceTimersByTime(2 * MINUTE);
  w.touch();
  expect(w.report).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(50_000);
  w.touch();
  vi.advanceTimersByTime(10_000);
  expect(w.report).toHaveBeenCalledTimes(2);
  expect(w.reported.at).toBeGreaterThanOrEqual(w.active.at);
  // nothing more was touched, so nothing more is told
  vi.advanceTimersByTime(5 * MINUTE);
  expect(w.report).toHaveBeenCalledTimes(2);
});

it('a brushed mouse does not call the lock off; saying so does', () => {
  const w = watch();
  vi.advanceTimersByTime(4 * MINUTE + 30_000);
  w.touch();
  expect(w.active.at).toBe(1_000_000);
  w.stay();
  expect(w.onWarning).toHaveBeenLastCalledWith(undefined);
  expect(w.report).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(4 * MINUTE - 1);
  expect(w.onLock).not.toHaveBeenCalled();
});

it('somebody at work in another window is somebody', () => {
  const w = watch();
  vi.advanceTimersByTime(4 * MINUTE + 10_000);
  expect(w.onWarning).toHaveBeenCalledTimes(1);
  w.active.write(Date.now());
  w.check();
  expect(w.onWarning).toHaveBeenLastCalledWith(undefined);
  // and what another window told the server is not told again
  w.reported.write(Date.now());
  w.touch();
  vi.advanceTimersByTime(MINUTE - 1);
  expect(w.report).not.toHaveBeenCalled();
});

it('locks at the first look after the machine has slept, and not a moment of input before', () => {
  const w = watch();
  vi.setSystemTime(1_000_000 + 60 * MINUTE);
  w.touch();
  expect(w.onLock).toHaveBeenCalledTimes(1);
  expect(w.report).not.toHaveBeenCalled();
  w.stay();
  expect(w.active.at).toBe(1_000_000);
});

it('is silent once stopped', () => {
  const w = watch();
  w.touch();
  w.stop();
  vi.advanceTimersByTime(60 * MINUTE);
  expect(w.onWarning).not.toHaveBeenCalled();
  expect(w.onLock).not.toHaveBeenCalled();
});
