import { useMemo } from 'react';
import { namesOf } from '@/features/patients/person';
import { useCan, useSession } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { formatTimes } from '@/shared/i18n/format';
import type { CalendarColumn, CalendarEntry, CalendarMark, CalendarShade } from '@/shared/ui/ResourceCalendar';
import type { Calendar, Item } from '../api';
import statuses from '../status.module.css';
import type { Names } from '../useNames';
import { type By, closedOn, columnsOf, hoursShown, isFixed, NOWHERE, openOf, type Stretch } from './placing';
import { daysFrom, wallOf } from './days';

type Asked = {
  calendar: Calendar | undefined;
  names: Names;
  by: By;
  /** The first day and how many. */
  day: string;
  days: number;
  /** Who is shown; in rooms everybody is. */
  providers: string[];
  place: string | null;
  /** With those that do not take place. */
  cancelled: boolean;
};

const TAKES_NO_ROOM = 'cancelled';

/** What the board shows, as the widget wants it. */
export function useBoard({ calendar, names, by, day, days, providers, place, cancelled }: Asked) {
  const { t, lang } = useLang();
  const { user } = useSession();
  const can = useCan();
  const [all, own] = [can('appointments.write'), can('appointments.write_own')];
  const shown = providers.join();

  return useMemo(() => {
    const ids = shown ? shown.split(',') : [];
    const zone = calendar?.timeZone ?? 'UTC';
    const items = (calendar?.items ?? []).filter(
      (item) => (cancelled || item.status !== TAKES_NO_ROOM) && (by === 'room' || item.providerIds.some((id) => ids.includes(id))),
    );
    const open = openOf(calendar?.hours ?? [], zone);
    const chairs = by === 'room' ? names.roomChoices(place) : [];
    const columnIds = by === 'provider' ? ids : chairs.map((room) => room.value);
    if (by === 'room' && items.some((item) => !item.roomIds.length)) columnIds.push(NOWHERE);

    const mayMove = (item: Item) => !isFixed(item.status) && (all || (own && item.providerIds.includes(user.id)));
    const marksOf = (item: Item): CalendarMark[] => {
      const severe = item.patient.alerts.filter((alert) => alert.severe).map((alert) => alert.text);
      return [
        ...(severe.length ? [{ icon: 'alert' as const, label: t('patients.severe', { text: new Intl.ListFormat(lang).format(severe) }) }] : []),
        ...(item.overbooking === null ? [] : [{ icon: 'over' as const, label: t('calendar.overbooked') }]),
      ];
    };
    // what columns do not say: in the one of a person, who else takes part
    const partsOf = ({ providerIds, roomIds }: Item) => [
      ...(by === 'room' || providerIds.length > 1 ? [names.personNames(providerIds)] : []),
      ...(roomIds.length > 1 ? [names.roomNames(roomIds)] : []),
    ];
    const entries = items.map(
      (item): CalendarEntry => ({
        id: item.id,
        columns: columnsOf(item, by),
        start: wallOf(zone, item.start),
        end: wallOf(zone, item.end),
        time: formatTimes(lang, zone, item.start, item.end),
        title: namesOf(item.patient, lang).name,
        sub: [...partsOf(item), names.serviceName(item.serviceId)].join(' · '),
        status: t(`appointment.status.${item.status}`),
        className: [statuses.entry, statuses[item.status]].join(' '),
        marks: marksOf(item),
        movable: mayMove(item),
      }),
    );

    const openIn = (column: string | undefined): Stretch[] => {
      if (by === 'provider' && column) return open.get(column) ?? [];
      // a room is open while anybody works
      return by === 'day' ? ids.flatMap((id) => open.get(id) ?? []) : [...open.values()].flat();
    };
    const dates = daysFrom(day, days);
    const shades = dates.flatMap((date): CalendarShade[] =>
      by === 'day' ? closedOn(date, openIn(undefined)) : columnIds.flatMap((column) => closedOn(date, openIn(column)).map((stretch) => ({ column, ...stretch }))),
    );

    const subOf = (column: string) => {
      const count = entries.filter((entry) => entry.columns.includes(column)).length;
      if (!count && by === 'provider' && !openIn(column).length) return t('calendar.off');
      return t('calendar.count', { count });
    };
    const titleOf = (column: string) => (column === NOWHERE ? t('calendar.nowhere') : by === 'provider' ? names.personName(column) : names.roomName(column));
    const columns = columnIds.map((id): CalendarColumn => ({ id, title: titleOf(id), sub: calendar ? subOf(id) : '' }));

    const working = by === 'day' ? openIn(undefined) : [...open.values()].flat();
    // what was here before the answer for other days came is no measure for these
    const here = [...entries.map(({ start, end }) => ({ from: start, to: end })), ...working].filter(({ from }) => dates.some((date) => from.startsWith(date)));
    return { columns, entries, shades, hours: hoursShown(here), works: working.length > 0 };
  }, [calendar, names, by, day, days, shown, place, cancelled, t, lang, all, own, user.id]);
}
