import { VisuallyHidden, useDirection } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { type CSSProperties, type KeyboardEvent, useEffect, useId, useRef, useState } from 'react';
import { useLang } from '@/shared/i18n';
import { SideDrawer } from '@/shared/ui/SideDrawer';
import { Bar, Block } from './Block';
import { CopyDay } from './CopyDay';
import { DayHead } from './DayHead';
import { IntervalEditor } from './IntervalEditor';
import { moved } from './keys';
import { rangeOf, spoken } from './labels';
import type { Axis } from './pointer';
import { DAY, showTime } from './time';
import { useDrag } from './useDrag';
import { clearDay, copyDay, type Interval, pieces, propose, sorted, type Weekday } from './week';
import classes from './WeekGrid.module.css';

const HOURS = Array.from({ length: 23 }, (_, n) => n + 1);
const ROW_HOURS = [6, 12, 18];
const at = (hour: number) => ({ '--from': hour / 24 }) as CSSProperties;
/** Where a week without hours is first looked at. */
const MORNING = 8 * 60;

type Props = {
  /** In the order in which they stand. */
  days: readonly Weekday[];
  axis: Axis;
  intervals: Interval[];
  /** What is wrong with an interval, in words. */
  problems: ReadonlyMap<string, string>;
  readOnly: boolean;
  onChange: (next: Interval[]) => void;
};

/** A week of hours that can be drawn, moved, resized, typed and copied, with a pointer or with the keyboard alone. */
export function WeekGrid({ days, axis, intervals, problems, readOnly, onChange }: Props) {
  const { t, lang } = useLang();
  const rtl = useDirection().dir === 'rtl';
  const id = useId();
  const root = useRef<HTMLDivElement>(null);
  const [editing, setEditing] = useState<string>();
  const [copying, setCopying] = useState<Weekday>();
  const [news, setNews] = useState('');
  const focusNext = useRef<string>(undefined);

  /** The button of an interval, or of adding to a day. */
  const focusOn = (wanted: string | undefined) => {
    const found = wanted && root.current?.querySelector<HTMLElement>(`[data-main][data-piece="${wanted}"], [data-add="${wanted}"]`);
    if (!found) return;
    found.focus({ preventScroll: true });
    found.scrollIntoView?.({ block: 'nearest', inline: 'nearest' });
  };
  const change = (next: Interval[], focus?: string) => {
    if (focus) focusNext.current = focus;
    onChange(next);
  };
  const { preview, handlers, justDragged } = useDrag({
    root,
    days,
    axis,
    rtl,
    intervals,
    disabled: readOnly,
    onDrop: change,
    onPress: setEditing,
  });
  const shown = preview?.intervals ?? intervals;

  useEffect(() => {
    focusOn(focusNext.current);
    focusNext.current = undefined;
  }, [intervals]);

  // opens on the morning rather than at midnight
  useEffect(() => {
    const box = root.current;
    const track = box?.querySelector<HTMLElement>('[data-track]');
    if (!box || !track || axis === 'rows') return;
    const first = Math.min(MORNING, ...intervals.filter((i) => i.from >= 4 * 60).map((i) => i.from));
    box.scrollTop = (Math.max(0, first - 45) / DAY) * track.clientHeight;
  }, [axis]);

  const remove = (own: Interval) => {
    setEditing(undefined);
    const at = intervals.indexOf(own);
    const neighbour = intervals[at + 1] ?? intervals[at - 1];
    change(
      intervals.filter((i) => i.id !== own.id),
      neighbour?.day === own.day ? neighbour.id : String(own.day),
    );
    setNews(t('hours.removed', { interval: spoken(t, lang, own) }));
  };
  const add = (day: Weekday) => {
    const made = propose(intervals, day);
    if (!made) return setNews(t('hours.full'));
    change(sorted([...intervals, made]), made.id);
    setNews(spoken(t, lang, made));
  };
  const onKey = (own: Interval) => (event: KeyboardEvent) => {
    if (readOnly) return;
    if (event.key === 'Delete' || event.key === 'Backspace') {
      event.preventDefault();
      return remove(own);
    }
    const next = moved(intervals, own, event, { days, axis, rtl });
    if (!next) return;
    event.preventDefault();
    const now = next.find((i) => i.id === own.id);
    change(next, own.id);
    if (now) setNews(spoken(t, lang, now));
  };

  const close = () => {
    const last = editing;
    setEditing(undefined);
    // after the popover has let go of the focus
    setTimeout(() => focusOn(last));
  };
  const editorOf = (own: Interval) => (
    <IntervalEditor
      key={own.id}
      of={own}
      others={intervals.filter((i) => i.id !== own.id)}
      onDone={(next) => {
        setEditing(undefined);
        change(sorted([...intervals.filter((i) => i.id !== own.id), next]), own.id);
      }}
      onRemove={() => remove(own)}
      onCancel={close}
    />
  );
  const edited = intervals.find((i) => i.id === editing);
  const open = (own: Interval) => () => {
    if (!readOnly && !justDragged()) setEditing(own.id);
  };

  const dayOf = (day: Weekday) => {
    const own = pieces(shown).filter((p) => p.day === day);
    const head = (
      <DayHead
        day={day}
        id={`${id}-${day}`}
        intervals={shown}
        readOnly={readOnly}
        size={axis === 'rows' ? 44 : 28}
        onAdd={() => add(day)}
        onCopy={() => setCopying(day)}
        onClear={() => change(clearDay(intervals, day), String(day))}
      />
    );
    const common = (i: Interval) => ({ held: preview?.id === i.id, problem: problems.get(i.id) });
    if (axis === 'columns') {
      return (
        <div key={day} role="group" aria-labelledby={`${id}-${day}`} className={classes.column}>
          {head}
          <div className={classes.track} data-track>
            {own.map((piece) => (
              <Block
                key={`${piece.interval.id} ${piece.part}`}
                piece={piece}
                readOnly={readOnly}
                helpId={`${id}-help`}
                onOpen={open(piece.interval)}
                onKeyDown={onKey(piece.interval)}
                editor={edited?.id === piece.interval.id ? editorOf(edited) : null}
                onClose={close}
                {...common(piece.interval)}
              />
            ))}
          </div>
        </div>
      );
    }
    return (
      <div key={day} role="group" aria-labelledby={`${id}-${day}`} className={classes.row}>
        {head}
        <div className={classes.rail} data-track>
          {ROW_HOURS.map((hour) => (
            <span key={hour} className={classes.tick} style={at(hour)} aria-hidden>
              {hour}
            </span>
          ))}
          {own.map((piece) => (
            <Bar key={`${piece.interval.id} ${piece.part}`} piece={piece} {...common(piece.interval)} />
          ))}
        </div>
        <div className={classes.chips}>
          {shown
            .filter((i) => i.day === day)
            .map((i) => (
              <button
                key={i.id}
                type="button"
                className={classes.chip}
                data-main
                data-chip
                data-piece={i.id}
                data-bad={problems.has(i.id) || undefined}
                aria-disabled={readOnly || undefined}
                aria-label={problems.has(i.id) ? `${spoken(t, lang, i)}. ${problems.get(i.id)}` : spoken(t, lang, i)}
                aria-describedby={readOnly ? undefined : `${id}-help`}
                onClick={open(i)}
                onKeyDown={onKey(i)}
              >
                {problems.has(i.id) ? <IconAlertTriangle size={14} aria-hidden /> : null}
                <bdi className="ltr">{rangeOf(i)}</bdi>
              </button>
            ))}
        </div>
      </div>
    );
  };

  return (
    <>
      <div
        ref={root}
        className={axis === 'columns' ? classes.columns : classes.rows}
        data-readonly={readOnly || undefined}
        data-dragging={preview ? true : undefined}
        role="group"
        aria-label={t('hours.week')}
        {...handlers}
      >
        {axis === 'columns' ? (
          <div className={classes.axis} aria-hidden>
            <div className={classes.corner} />
            <div className={classes.hours}>
              {HOURS.map((hour) => (
                <span key={hour} style={at(hour)}>
                  {showTime(hour * 60)}
                </span>
              ))}
            </div>
          </div>
        ) : null}
        {days.map(dayOf)}
      </div>
      <VisuallyHidden id={`${id}-help`}>{t('hours.keys')}</VisuallyHidden>
      <VisuallyHidden role="status">{news}</VisuallyHidden>
      {axis === 'rows' && edited ? (
        <SideDrawer title={t('hours.editTimes')} onClose={close}>
          {editorOf(edited)}
        </SideDrawer>
      ) : null}
      {copying ? (
        <CopyDay
          from={copying}
          days={days}
          onClose={() => setCopying(undefined)}
          onCopy={(to) => {
            setCopying(undefined);
            change(copyDay(intervals, copying, to));
          }}
        />
      ) : null}
    </>
  );
}
