import { useState } from 'react';

const KEPT = 100;

/** A value with the way back through what was done to it. */
export function useHistory<V>(start: V) {
  const [state, setState] = useState({ past: [] as V[], now: start, future: [] as V[] });
  return {
    now: state.now,
    canUndo: state.past.length > 0,
    canRedo: state.future.length > 0,
    push: (next: V) => setState(({ past, now }) => ({ past: [...past.slice(-KEPT + 1), now], now: next, future: [] })),
    /** Begins anew: there is nothing before this. */
    reset: (next: V) => setState({ past: [], now: next, future: [] }),
    undo: () =>
      setState((s) => (s.past.length ? { past: s.past.slice(0, -1), now: s.past.at(-1)!, future: [s.now, ...s.future] } : s)),
    redo: () =>
      setState((s) => (s.future.length ? { past: [...s.past, s.now], now: s.future[0]!, future: s.future.slice(1) } : s)),
  };
}
