import { type Axis, arrow } from './pointer';
import { type Interval, place, resize, stepped, type Weekday } from './week';

type Press = { key: string; shiftKey: boolean; altKey: boolean; ctrlKey: boolean; metaKey: boolean };
type Layout = { days: readonly Weekday[]; axis: Axis; rtl: boolean };

const HOUR_STEPS = 4;

/**
 * The week after a key on an interval: arrows along the time move it by a quarter of an hour, across by a day; with
 * Shift its end moves, with Alt its beginning; Page Up and Down move by an hour. Undefined for keys with no meaning here.
 */
export function moved(all: readonly Interval[], own: Interval, press: Press, { days, axis, rtl }: Layout): Interval[] | undefined {
  if (press.ctrlKey || press.metaKey) return undefined;
  if (press.key === 'PageUp' || press.key === 'PageDown') {
    return place(all, own.id, own.day, stepped(own.from, press.key === 'PageUp' ? -HOUR_STEPS : HOUR_STEPS)) ?? [...all];
  }
  const { along, across } = arrow(press.key, axis, rtl) ?? { along: 0, across: 0 };
  if (across) {
    if (press.shiftKey || press.altKey) return undefined;
    // towards that side, past days that are full
    for (let at = days.indexOf(own.day) + across; at >= 0 && at < days.length; at += across) {
      const next = place(all, own.id, days[at]!, own.from);
      if (next) return next;
    }
    return [...all];
  }
  if (!along) return undefined;
  if (press.shiftKey) return resize(all, own.id, 'to', stepped(own.from + own.length, along));
  if (press.altKey) return resize(all, own.id, 'from', stepped(own.from, along));
  return hop(all, own, along);
}

/** A step; and where a neighbour is in the way, over it to the next place that is free. */
function hop(all: readonly Interval[], own: Interval, along: number): Interval[] {
  for (let steps = along; Math.abs(steps) <= 96; steps += along) {
    const wanted = stepped(own.from, steps);
    if (wanted < 0 || wanted >= 24 * 60) break;
    const next = place(all, own.id, own.day, wanted);
    const now = next?.find((i) => i.id === own.id);
    if (next && now && Math.sign(now.from - own.from) === Math.sign(along)) return next;
  }
  return [...all];
}
