import { DAY } from './time';

/** `columns`: a day is a column and time runs down. `rows`: a day is a row and time runs with the text. */
export type Axis = 'columns' | 'rows';
type Box = { left: number; top: number; width: number; height: number };
type Point = { x: number; y: number };

const distance = (at: number, start: number, size: number) => Math.max(start - at, at - start - size, 0);

/**
 * Which day's track a pointer is over (or nearest to), and at which minute of the day. In a right-to-left page the
 * first column stands on the right, which the tracks' own boxes say; only time in rows has to be turned round.
 */
export function locate({ x, y }: Point, tracks: readonly Box[], axis: Axis, rtl: boolean): { track: number; minute: number } {
  const away = tracks.map((b) => (axis === 'columns' ? distance(x, b.left, b.width) : distance(y, b.top, b.height)));
  const track = away.indexOf(Math.min(...away));
  const box = tracks[track]!;
  const along = axis === 'columns' ? (y - box.top) / box.height : (x - box.left) / box.width;
  const share = axis === 'rows' && rtl ? 1 - along : along;
  return { track, minute: Math.max(0, Math.min(DAY, share * DAY)) };
}

export type ArrowMeaning = { along: -1 | 0 | 1; across: -1 | 0 | 1 };

/** What an arrow key does to an interval: along the time, or across the days as they stand on screen. */
export function arrow(key: string, axis: Axis, rtl: boolean): ArrowMeaning | undefined {
  const forward = rtl ? 'ArrowLeft' : 'ArrowRight';
  const horizontal = key === 'ArrowLeft' || key === 'ArrowRight' ? (key === forward ? 1 : -1) : 0;
  const vertical = key === 'ArrowDown' ? 1 : key === 'ArrowUp' ? -1 : 0;
  if (!horizontal && !vertical) return undefined;
  return axis === 'columns' ? { along: vertical, across: horizontal } : { along: horizontal, across: vertical };
}
