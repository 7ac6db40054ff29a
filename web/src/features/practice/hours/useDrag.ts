import { type PointerEvent, type RefObject, useEffect, useRef, useState } from 'react';
import { type Axis, locate } from './pointer';
import { DAY } from './time';
import { crosses, dayAfter, draw, type Interval, place, resize, snapped, STEP, type Weekday } from './week';

type Grip = {
  kind: 'draw' | 'move' | 'from' | 'to';
  pointer: number;
  id: string | undefined;
  day: Weekday;
  /** Where in the interval it was taken hold of, or where drawing began; in minutes. */
  at: number;
  onTail: boolean;
  x: number;
  y: number;
  moved: boolean;
  next: Interval[] | undefined;
  made: string | undefined;
};

type Options = {
  root: RefObject<HTMLElement | null>;
  days: readonly Weekday[];
  axis: Axis;
  rtl: boolean;
  intervals: Interval[];
  disabled: boolean;
  /** Dropped, with the interval that it was about. */
  onDrop: (next: Interval[], id: string) => void;
  /** Pressed without moving, on free time or on a part that is no button. */
  onPress: (id: string) => void;
};

const STILL_PX = 4;
const HALF_HOUR = 30;
const EDGE_PX = 36;
const SCROLL_PX = 14;

/** Scrolls the surroundings while something is held near their edge. */
function nudge(box: HTMLElement | null, y: number) {
  if (!box) return;
  const { top, bottom } = box.getBoundingClientRect();
  if (y > bottom - EDGE_PX) box.scrollTop += SCROLL_PX;
  else if (y < top + EDGE_PX) box.scrollTop -= SCROLL_PX;
}

/**
 * Drawing, moving and resizing with mouse, pen or finger. What is held is shown by `preview` until it is dropped;
 * Escape, or the browser taking the gesture for scrolling, puts it back.
 */
export function useDrag({ root, days, axis, rtl, intervals, disabled, onDrop, onPress }: Options) {
  const grip = useRef<Grip>(undefined);
  const dragged = useRef(false);
  const [preview, setPreview] = useState<{ intervals: Interval[]; id: string }>();

  const tracks = () => [...(root.current?.querySelectorAll<HTMLElement>('[data-track]') ?? [])];
  const where = (e: PointerEvent | globalThis.PointerEvent) => {
    const boxes = tracks().map((track) => track.getBoundingClientRect());
    const { track, minute } = locate({ x: e.clientX, y: e.clientY }, boxes, axis, rtl);
    return { day: days[track]!, minute };
  };
  const stop = () => {
    grip.current = undefined;
    setPreview(undefined);
  };

  useEffect(() => {
    if (!preview) return;
    const onKey = (e: KeyboardEvent) => {
      if (e.key === 'Escape') stop();
    };
    window.addEventListener('keydown', onKey, true);
    return () => window.removeEventListener('keydown', onKey, true);
  }, [preview !== undefined]);

  const onPointerDown = (e: PointerEvent<HTMLElement>) => {
    if (disabled || e.button !== 0 || grip.current) return;
    const target = e.target as HTMLElement;
    if (target.closest('[data-chip], form')) return;
    const piece = target.closest<HTMLElement>('[data-piece]');
    if (!piece && !target.closest('[data-track]')) return;
    const { day, minute } = where(e);
    const held = intervals.find((i) => i.id === piece?.dataset.piece);
    const onTail = piece?.dataset.part === 'tail';
    const edge = target.dataset.edge as 'from' | 'to' | undefined;
    grip.current = {
      kind: held ? (edge ?? 'move') : 'draw',
      pointer: e.pointerId,
      id: held?.id,
      day: held?.day ?? day,
      at: held ? minute + (onTail ? DAY : 0) - held.from : Math.floor(minute / STEP) * STEP,
      onTail,
      x: e.clientX,
      y: e.clientY,
      moved: false,
      next: undefined,
      made: undefined,
    };
  };

  const follow = (g: Grip, day: Weekday, minute: number) => {
    if (g.kind === 'draw') {
      const drawn = draw(intervals, g.day, g.at, Math.max(snapped(minute), minute > g.at ? g.at + STEP : 0), g.made);
      g.next = drawn?.all;
      g.made = drawn?.id;
      return;
    }
    const held = intervals.find((i) => i.id === g.id);
    if (!held) return;
    if (g.kind === 'move') {
      const from = snapped(minute - g.at);
      const before = g.onTail && from < 0;
      g.next = place(intervals, held.id, before ? dayAfter(day, -1) : day, before ? from + DAY : from) ?? g.next;
    } else if (g.kind === 'from') {
      g.next = resize(intervals, held.id, 'from', snapped(minute));
    } else {
      // on the next day's side of midnight, unless the hand only strayed into the neighbouring column
      const past = day === dayAfter(held.day) && (minute <= held.from || (g.onTail && crosses(held)));
      g.next = resize(intervals, held.id, 'to', snapped(minute) + (past ? DAY : 0));
    }
  };

  const onPointerMove = (e: PointerEvent<HTMLElement>) => {
    const g = grip.current;
    if (!g || g.pointer !== e.pointerId) return;
    if (!g.moved) {
      if (Math.hypot(e.clientX - g.x, e.clientY - g.y) < STILL_PX) return;
      // a finger on free time in columns scrolls
      if (g.kind === 'draw' && axis === 'columns' && e.pointerType === 'touch') return stop();
      g.moved = true;
      root.current?.setPointerCapture(e.pointerId);
    }
    if (axis === 'columns') nudge(root.current, e.clientY);
    const { day, minute } = where(e);
    follow(g, day, minute);
    const id = g.id ?? g.made;
    setPreview(g.next && id ? { intervals: g.next, id } : undefined);
  };

  const onPointerUp = (e: PointerEvent<HTMLElement>) => {
    const g = grip.current;
    if (!g || g.pointer !== e.pointerId) return;
    stop();
    if (g.moved) {
      // browsers may still send the click that would have been
      dragged.current = true;
      setTimeout(() => (dragged.current = false));
      const id = g.id ?? g.made;
      if (g.next && id) onDrop(g.next, id);
      return;
    }
    if (g.id) {
      // a button says so itself, also to those who press it without a pointer
      if (!(e.target as HTMLElement).closest('button')) onPress(g.id);
      return;
    }
    const from = Math.floor(g.at / HALF_HOUR) * HALF_HOUR;
    const drawn = draw(intervals, g.day, g.at, from + 2 * HALF_HOUR);
    if (!drawn) return;
    onDrop(drawn.all, drawn.id);
    onPress(drawn.id);
  };

  return { preview, justDragged: () => dragged.current, handlers: { onPointerDown, onPointerMove, onPointerUp, onPointerCancel: stop } };
}
