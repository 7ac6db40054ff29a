import { useEffect, useRef, useState } from 'react';
import { uuid } from '@/shared/api/uuid';
import { hold, release, type VisitorHold, type Wish } from './api';

type State = { asked: string; hold?: VisitorHold; error?: unknown };

/** Keeps a slot for as long as the form is open: one after the other, as what is kept would be in the way of what is kept next. */
export function useHeld(asked: Wish & { start: string }) {
  const text = JSON.stringify(asked);
  const [state, setState] = useState<State>({ asked: '' });
  const before = useRef<Promise<unknown>>(Promise.resolve());
  const booked = useRef(false);

  useEffect(() => {
    let over = false;
    const kept = before.current.then(() => (over ? undefined : hold(asked, uuid())));
    kept.then(
      (held) => (over || !held ? undefined : setState({ asked: text, hold: held })),
      (error: unknown) => (over ? undefined : setState({ asked: text, error })),
    );
    before.current = kept.catch(() => undefined);
    return () => {
      over = true;
      // what is over ends by itself; a release that fails as well
      before.current = kept.then((held) => (held && !booked.current ? release(asked.practice, held) : undefined)).catch(() => undefined);
    };
  }, [text]);

  const current = state.asked === text ? state : undefined;
  return { hold: current?.hold, error: current?.error, keep: () => void (booked.current = true) };
}
