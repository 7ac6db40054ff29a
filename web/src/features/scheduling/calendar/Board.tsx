import { useCallback, useMemo } from 'react';
import { useCan } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { formatDay, formatHour, formatTime, formatWeekday } from '@/shared/i18n/format';
import { ResourceCalendar } from '@/shared/ui/ResourceCalendar';
import { instantIn, localIn } from '@/shared/zoned';
import type { Appointment, Calendar, Item } from '../api';
import type { Names } from '../useNames';
import { type By, type Drop, moveOf, NOWHERE, resizeOf } from './placing';
import { dayOfWall, offsetOf, wallOf } from './days';
import { RefusedDialog } from './RefusedDialog';
import { useBoard } from './useBoard';
import { useMoves } from './useMoves';

export type Picked = { start: string; providerId?: string; roomId?: string };

type Props = {
  label: string;
  calendar: Calendar;
  names: Names;
  by: By;
  day: string;
  days: number;
  today: string;
  providers: string[];
  place: string;
  cancelled: boolean;
  onOpen: (id: string) => void;
  onPick: (picked: Picked) => void;
};

const QUARTER = 15;
/** The quarter of an hour that was pressed, whose beginning is meant. */
const quarterOf = (wall: string) => {
  const minute = Math.floor(Number(wall.slice(14, 16)) / QUARTER) * QUARTER;
  return `${wall.slice(0, 14)}${String(minute).padStart(2, '0')}`;
};

/** Columns of people, rooms or days, with what is booked in them. */
export function Board({ label, calendar, names, by, day, days, today, providers, place, cancelled, onOpen, onPick }: Props) {
  const { t, lang } = useLang();
  const can = useCan();
  const { timeZone: zone, items } = calendar;
  const { columns, entries, shades, hours } = useBoard({ calendar, names, by, day, days, providers, place, cancelled });
  const { attempt, refused, take, over, leave } = useMoves();

  const when = (at: string) => `${formatDay(lang, dayOfWall(wallOf(zone, at)))}, ${formatTime(lang, zone, at)}`;
  const moved = (now: Appointment) =>
    by === 'room' ? t('calendar.moved.room', { when: when(now.start), name: names.roomNames(now.roomIds) || t('calendar.nowhere') }) : t('calendar.moved', { when: when(now.start), name: names.personNames(now.providerIds) });
  const find = (id: string): Item | undefined => items.find((item) => item.id === id);
  const onMove = (id: string, drop: Drop) => {
    const item = find(id);
    const body = item && moveOf(item, by, drop);
    if (body) attempt(item, body, moved);
  };
  const onResize = (id: string, seconds: number) => {
    const item = find(id);
    const body = item && resizeOf(item, seconds);
    if (body) attempt(item, body, (now) => t('calendar.resized', { until: formatTime(lang, zone, now.end) }));
  };
  const pick = (wall: string, column: string | undefined) => {
    const providerId = by === 'provider' ? column : by === 'day' ? providers[0] : undefined;
    const roomId = by === 'room' && column !== NOWHERE ? column : undefined;
    onPick({ start: instantIn(zone, quarterOf(wall)), ...(providerId ? { providerId } : {}), ...(roomId ? { roomId } : {}) });
  };

  const hourLabel = useCallback((time: string) => formatHour(lang, Number(time.slice(0, 2))), [lang]);
  const dayLabel = useCallback((date: string) => formatWeekday(lang, date), [lang]);
  const offset = offsetOf(zone, new Date());
  // where it is worth looking first: an hour ago, or when work begins
  const scrollTo = useMemo(() => {
    const now = localIn(zone, new Date()).slice(11, 13);
    const ago = String(Math.max(Number(now) - 1, 0)).padStart(2, '0');
    return day === today && days === 1 && ago > hours[0] ? `${ago}:00:00` : `${hours[0]}:00:00`;
  }, [zone, day, days, today, hours[0]]);
  const [from, to] = hours;
  const whole = useMemo((): [string, string] => [from, to], [from, to]);

  return (
    <>
      <ResourceCalendar
        key={`${lang} ${by}`}
        label={label}
        day={day}
        {...(by === 'day' ? { days } : {})}
        columns={columns}
        entries={entries}
        shades={shades}
        hours={whole}
        scrollTo={scrollTo}
        offset={offset}
        hourLabel={hourLabel}
        dayLabel={dayLabel}
        onOpen={onOpen}
        onPick={can('appointments.write_own') || can('appointments.write') ? pick : undefined}
        onMove={onMove}
        onResize={onResize}
      />
      {refused ? <RefusedDialog refused={refused} zone={zone} names={names} onTake={(slot) => take(refused, slot)} onOver={(reason) => over(refused, reason)} onClose={leave} /> : null}
    </>
  );
}
