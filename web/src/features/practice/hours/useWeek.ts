import { useEffect, useState } from 'react';
import type { Hours } from './api';
import { changedDays, mergeWeek } from './merge';
import { useHistory } from './useHistory';
import { fromWire, type Interval, sameWeek, sorted, type Weekday } from './week';

/**
 * The week being edited, over hours that others may change meanwhile. `base` is what the edit started from; `newer` a
 * later state that waits for the person to look at it, because they have changed something already.
 */
export function useWeek(loaded: Hours, busy: boolean) {
  const [base, setBase] = useState(loaded);
  const [newer, setNewer] = useState<Hours>();
  /** Hours of its own are being made where they were inherited so far. */
  const [own, setOwn] = useState(!loaded.inherited);
  const [mine, setMine] = useState(new Map<Weekday, Interval[]>());
  const history = useHistory(fromWire(loaded.week));
  const start = fromWire(base.week);
  const dirty = own === base.inherited || !sameWeek(history.now, start);

  const begin = (hours: Hours) => {
    setBase(hours);
    setNewer(undefined);
    setOwn(!hours.inherited);
    setMine(new Map());
    history.reset(fromWire(hours.week));
  };
  const offer = (hours: Hours) => {
    const known = newer ?? base;
    // what is inherited changes without a version of its own
    if (hours.version <= known.version && !(known.inherited && hours.inherited)) return;
    if (!dirty) begin(hours);
    else if (hours.version > known.version) setNewer(hours);
  };
  // our own change comes back as news before its answer does; that is no conflict
  useEffect(() => {
    if (!busy) offer(loaded);
  }, [loaded, busy]);

  return {
    base,
    newer,
    own,
    mine,
    dirty,
    intervals: history.now,
    history,
    makeOwn: () => setOwn(true),
    begin,
    offer,
    discard: () => begin(newer ?? base),
    changedElsewhere: newer ? changedDays(start, fromWire(newer.week)) : [],
    loadNewer() {
      if (!newer) return;
      const result = mergeWeek(start, history.now, fromWire(newer.week));
      history.reset(result.merged);
      setMine(result.mine);
      setBase(newer);
      setOwn(true);
      setNewer(undefined);
    },
    useMine(day: Weekday) {
      history.push(sorted([...history.now.filter((i) => i.day !== day), ...(mine.get(day) ?? [])]));
      setMine((now) => new Map([...now].filter(([d]) => d !== day)));
    },
  };
}
