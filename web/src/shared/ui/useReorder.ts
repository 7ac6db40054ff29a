import { type KeyboardEvent, type PointerEvent, useEffect, useRef, useState } from 'react';

/** `ids` with one of them taken out and put in at `to`. */
export function reordered(ids: readonly string[], id: string, to: number): string[] {
  const rest = ids.filter((other) => other !== id);
  const at = Math.max(0, Math.min(to, rest.length));
  return [...rest.slice(0, at), id, ...rest.slice(at)];
}

/** The place in the list over which a pointer is, from the middles of the rows. */
export const placeAt = (y: number, middles: readonly number[]) => {
  const at = middles.findIndex((middle) => y < middle);
  return at < 0 ? middles.length - 1 : at;
};

type Options = {
  ids: readonly string[];
  /** After a drop, and after each step of the keyboard. */
  onOrder: (ids: string[], moved: string) => void;
};

/**
 * Puts rows into another order by dragging their handle, or with the arrow keys on it. Rows carry `data-id` inside of
 * the element with `listRef`; while one is held they are shown in `order`.
 */
export function useReorder({ ids, onOrder }: Options) {
  const listRef = useRef<HTMLUListElement>(null);
  const [held, setHeld] = useState<{ id: string; order: string[] }>();

  useEffect(() => {
    if (!held) return;
    const onKey = (event: globalThis.KeyboardEvent) => {
      if (event.key === 'Escape') setHeld(undefined);
    };
    window.addEventListener('keydown', onKey, true);
    return () => window.removeEventListener('keydown', onKey, true);
  }, [held !== undefined]);

  const middles = () =>
    [...(listRef.current?.querySelectorAll<HTMLElement>('[data-id]') ?? [])].map((row) => {
      const { top, height } = row.getBoundingClientRect();
      return top + height / 2;
    });

  const handle = (id: string) => ({
    onPointerDown(event: PointerEvent<HTMLElement>) {
      if (event.button !== 0) return;
      event.currentTarget.setPointerCapture(event.pointerId);
      setHeld({ id, order: [...ids] });
    },
    onPointerMove(event: PointerEvent<HTMLElement>) {
      if (!held) return;
      const order = reordered(held.order, id, placeAt(event.clientY, middles()));
      if (order.join() !== held.order.join()) setHeld({ id, order });
    },
    onPointerUp() {
      if (!held) return;
      setHeld(undefined);
      if (held.order.join() !== ids.join()) onOrder(held.order, id);
    },
    onPointerCancel: () => setHeld(undefined),
    onKeyDown(event: KeyboardEvent<HTMLElement>) {
      const at = ids.indexOf(id);
      const to = { ArrowUp: at - 1, ArrowDown: at + 1, Home: 0, End: ids.length - 1 }[event.key];
      if (to === undefined) return;
      event.preventDefault();
      event.stopPropagation();
      if (to < 0 || to >= ids.length || to === at) return;
      onOrder(reordered(ids, id, to), id);
    },
  });
  return { listRef, order: held?.order ?? ids, heldId: held?.id, handle };
}
