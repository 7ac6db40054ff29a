import { type Calendar, createCalendar, destroyCalendar, Interaction, ResourceTimeGrid, TimeGrid } from '@event-calendar/core';
import '@event-calendar/core/index.css';
import { useEffect, useRef } from 'react';
import classes from './ResourceCalendar.module.css';

/** Times are what the clock on the wall of the place shows, without any zone: `2026-03-01T12:30:00`. */
type Wall = string;

export type CalendarColumn = { id: string; title: string; sub: string };
export type CalendarMark = { icon: 'alert' | 'over'; label: string };
export type CalendarEntry = {
  id: string;
  /** In which columns; of no account where columns are days. */
  columns: string[];
  start: Wall;
  end: Wall;
  time: string;
  title: string;
  sub: string;
  /** How far it has come, in words. */
  status: string;
  className: string;
  marks: CalendarMark[];
  /** Whether it can be dragged. */
  movable: boolean;
};
/** When nothing is on offer; `column` is left out where columns are days. */
export type CalendarShade = { column?: string; from: Wall; to: Wall };

type Props = {
  label: string;
  /** The first day, and how many follow as columns; without it there is a column for each of `columns`. */
  day: string;
  days?: number;
  columns: CalendarColumn[];
  entries: CalendarEntry[];
  shades: CalendarShade[];
  /** First and last hour, `08` and `18`, and where to scroll to. */
  hours: [string, string];
  scrollTo: string;
  /** How far the place's clocks are ahead now, `+03:00`: for the line that shows the time. */
  offset: string;
  hourLabel: (time: string) => string;
  dayLabel: (day: string) => string;
  onOpen: (id: string) => void;
  /** Free time was pressed. */
  onPick?: ((at: Wall, column: string | undefined) => void) | undefined;
  onMove: (id: string, drop: { from: string | undefined; to: string | undefined; seconds: number }) => void;
  onResize: (id: string, seconds: number) => void;
};

const LONG_PRESS_MS = 350;
const DAY_S = 86_400;
// a quarter of an hour, and as little as can be hit (WCAG 2.2, 2.5.8)
const SLOT_PX = 24;

const shapes: Record<CalendarMark['icon'], string> = {
  alert: 'M12 9v4m0 4v.01M5 19h14a2 2 0 0 0 1.84-2.75l-7.1-12.25a2 2 0 0 0-3.5 0l-7.1 12.25A2 2 0 0 0 5 19',
  over: 'M9 5h10a1 1 0 0 1 1 1v10M5 9h10a1 1 0 0 1 1 1v9a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1v-9a1 1 0 0 1 1-1',
};

function element(tag: string, className: string | undefined, content: string | (string | Node)[]) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  node.append(...(typeof content === 'string' ? [content] : content));
  return node;
}

function markNode({ icon, label }: CalendarMark) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  for (const [name, value] of Object.entries({ viewBox: '0 0 24 24', width: '14', height: '14', fill: 'none', stroke: 'currentColor', 'stroke-width': '2', role: 'img', 'aria-label': label, 'data-mark': icon })) svg.setAttribute(name, value);
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  path.setAttribute('d', shapes[icon]);
  const title = document.createElementNS('http://www.w3.org/2000/svg', 'title');
  title.textContent = label;
  svg.append(title, path);
  return svg;
}

const contentOf = (e: CalendarEntry) => ({
  domNodes: [
    element('span', classes.when, [element('span', classes.dot, ''), element('span', classes.time, e.time), ...e.marks.map(markNode), element('span', classes.status, e.status)]),
    element('bdi', classes.name, e.title),
    element('span', classes.sub, e.sub),
  ],
});

/** The widget hands out moments of the browser; what it means is what their parts say. */
const two = (n: number) => String(n).padStart(2, '0');
const dayOf = (d: Date) => `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())}`;
const timeOf = (d: Date) => `${two(d.getHours())}:${two(d.getMinutes())}`;
const secondsOf = ({ days, seconds }: { days: number; seconds: number }) => days * DAY_S + seconds;

type Extra = { entry: CalendarEntry };
const entryOf = (event: { extendedProps: unknown }) => (event.extendedProps as Partial<Extra>).entry;

/** What of the widget follows the page. Each option is set only when what it is made of changed. */
const follow: { [option: string]: { of: (keyof Props)[]; make: (p: Props) => unknown } } = {
  date: { of: ['day'], make: (p) => p.day },
  slotMinTime: { of: ['hours'], make: (p) => `${p.hours[0]}:00:00` },
  slotMaxTime: { of: ['hours'], make: (p) => `${p.hours[1]}:00:00` },
  scrollTime: { of: ['scrollTo'], make: (p) => p.scrollTo },
  resources: { of: ['columns'], make: (p) => p.columns.map(({ id, title, sub }) => ({ id, title, extendedProps: { sub } })) },
  slotLabelFormat: { of: ['hourLabel'], make: (p) => (d: Date) => p.hourLabel(timeOf(d)) },
  dayHeaderFormat: { of: ['dayLabel'], make: (p) => (d: Date) => p.dayLabel(dayOf(d)) },
  dayHeaderAriaLabelFormat: { of: ['dayLabel'], make: (p) => (d: Date) => p.dayLabel(dayOf(d)) },
  events: {
    of: ['entries', 'shades'],
    make: (p) => [
      ...p.shades.map(({ column, from, to }) => ({ start: from, end: to, display: 'background', ...(column ? { resourceIds: [column] } : {}) })),
      ...p.entries.map((entry) => ({
        id: entry.id,
        resourceIds: entry.columns,
        start: entry.start,
        end: entry.end,
        classNames: [entry.className],
        startEditable: entry.movable,
        durationEditable: entry.movable,
        extendedProps: { entry } satisfies Extra,
      })),
    ],
  },
};

/** The one place that knows which calendar widget is used: columns of appointments that are dragged with mouse or finger. */
export function ResourceCalendar(props: Props) {
  const host = useRef<HTMLDivElement>(null);
  const calendar = useRef<Calendar>(undefined);
  const latest = useRef(props);
  latest.current = props;
  /** What the widget was last told; nothing while something is being dragged, which must not lose its ground. */
  const told = useRef<Props>(undefined);
  const held = useRef(false);

  const tell = () => {
    const [widget, before, now] = [calendar.current, told.current, latest.current];
    if (!widget || !before || held.current) return;
    told.current = now;
    for (const [option, { of, make }] of Object.entries(follow)) {
      if (of.some((prop) => before[prop] !== now[prop])) widget.setOption(option as never, make(now) as never);
    }
  };

  useEffect(() => {
    const node = host.current!;
    const first = latest.current;
    const hold = () => (held.current = true);
    const options = {
      view: first.days ? 'timeGridWeek' : 'resourceTimeGridDay',
      duration: { days: first.days ?? 1 },
      headerToolbar: { start: '', center: '', end: '' },
      allDaySlot: false,
      timeZone: first.offset,
      height: '100%',
      columnWidth: 'minmax(var(--column), 1fr)',
      slotDuration: '00:15:00',
      slotLabelInterval: '01:00:00',
      slotHeight: SLOT_PX,
      snapDuration: '00:05:00',
      slotEventOverlap: false,
      nowIndicator: true,
      editable: true,
      longPressDelay: LONG_PRESS_MS,
      resourceLabelContent: ({ resource }: { resource: { title: unknown; extendedProps: { sub?: string } } }) => ({
        domNodes: [element('b', classes.column, [element('bdi', undefined, String(resource.title))]), element('small', classes.columnSub, resource.extendedProps.sub ?? '')],
      }),
      eventContent: ({ event }: { event: { extendedProps: unknown } }) => {
        const entry = entryOf(event);
        return entry ? contentOf(entry) : { domNodes: [] };
      },
      eventDidMount: ({ el, event }: { el: HTMLElement; event: { extendedProps: unknown } }) => {
        const entry = entryOf(event);
        if (entry) el.dataset.entry = entry.id;
      },
      eventClick: ({ event }: { event: { id: unknown } }) => latest.current.onOpen(String(event.id)),
      dateClick: ({ dateStr, resource }: { dateStr: string; resource?: { id: string } }) => latest.current.onPick?.(dateStr, resource?.id),
      eventDragStart: hold,
      eventResizeStart: hold,
      eventDrop: ({ event, delta, oldResource, newResource }: { event: { id: unknown }; delta: { days: number; seconds: number }; oldResource?: { id: string }; newResource?: { id: string } }) =>
        latest.current.onMove(String(event.id), { from: oldResource?.id, to: newResource?.id, seconds: secondsOf(delta) }),
      eventResize: ({ event, endDelta }: { event: { id: unknown }; endDelta: { days: number; seconds: number } }) => latest.current.onResize(String(event.id), secondsOf(endDelta)),
      ...Object.fromEntries(Object.entries(follow).map(([option, { make }]) => [option, make(first)])),
    };
    const widget = createCalendar(node, [ResourceTimeGrid, TimeGrid, Interaction], options as never);
    calendar.current = widget;
    told.current = first;

    // a grid of buttons is no table, which is what the widget calls it
    const unname = () => {
      for (const part of node.querySelectorAll('[role=table], [role=row], [role=rowgroup], [role=cell], [role=columnheader]')) {
        part.setAttribute('role', 'presentation');
        part.removeAttribute('aria-colindex');
      }
    };
    unname();
    const watch = new MutationObserver(unname);
    watch.observe(node, { childList: true, subtree: true });

    // what came meanwhile is shown once nothing is held any more, after the widget has told of the drop
    const release = () => {
      if (!held.current) return;
      setTimeout(() => {
        held.current = false;
        tell();
      });
    };
    window.addEventListener('pointerup', release);
    window.addEventListener('pointercancel', release);
    return () => {
      window.removeEventListener('pointerup', release);
      window.removeEventListener('pointercancel', release);
      watch.disconnect();
      calendar.current = undefined;
      void destroyCalendar(widget);
    };
    // these are what the widget cannot change its mind about
  }, [props.offset, props.days]);

  useEffect(tell);

  return <div ref={host} role="region" aria-label={props.label} className={classes.calendar} data-pick={props.onPick ? true : undefined} />;
}
