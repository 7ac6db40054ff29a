import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { uuid } from '@/shared/api/uuid';
import { type Hold, type NewHold, useHold, useRelease } from '../api';

type State = { asked: string; hold?: Hold; error?: unknown };

/**
 * Keeps a time for somebody who is deciding: as soon as one is chosen, until another is or the form goes. One after
 * the other, since what is kept already would be in the way of what is kept next.
 */
export function useKept(asked: NewHold | undefined) {
  const keep = useHold();
  const release = useRelease();
  const client = useQueryClient();
  const stale = () => void client.invalidateQueries({ queryKey: ['appointment', 'slots'] });
  const before = useRef<Promise<unknown>>(Promise.resolve());
  const text = asked ? JSON.stringify(asked) : '';
  const [state, setState] = useState<State>({ asked: '' });

  useEffect(() => {
    if (!asked) return;
    let over = false;
    const kept = before.current.then(() => (over ? undefined : keep.mutateAsync({ body: asked, key: uuid() })));
    kept.then(
      (hold) => (over || !hold ? undefined : setState({ asked: text, hold })),
      (error: unknown) => {
        // what is on screen as free is not
        stale();
        if (!over) setState({ asked: text, error });
      },
    );
    before.current = kept.catch(() => undefined);
    return () => {
      over = true;
      // what was booked or is over may be released again; what fails ends by itself
      before.current = kept.then((hold) => hold && release.mutateAsync(hold.id).then(stale)).catch(() => undefined);
    };
  }, [text]);

  const current = state.asked === text ? state : undefined;
  return { hold: current?.hold, error: current?.error, busy: !!asked && !current };
}
