import { useMediaQuery } from '@mantine/hooks';
import { getRouteApi } from '@tanstack/react-router';
import { useEffect } from 'react';
import { firstWeekday } from '@/features/practice/hours/week';
import { identityOf, useSession } from '@/shared/auth/session';
import { daysAfter } from '@/shared/days';
import { useLang } from '@/shared/i18n';
import { formatDayLong, formatDays, formatMonthYear, todayIn } from '@/shared/i18n/format';
import { PHONE } from '@/shared/ui/phone';
import type { CalendarSearch, View } from '../search';
import type { Names } from '../useNames';
import { monthOf, shiftMonth, weekOf } from './days';

const route = getRouteApi('/inside/calendar');
const WEEK = 7;

/** Where somebody looked last, by id: the front desk of a branch shall find its own branch. */
const placeKey = (who: string) => `vantage.calendar.place ${who}`;

/** What the calendar shows: which place, which days, in which form, and the ways to others. */
export function useFrame(names: Names) {
  const { lang } = useLang();
  const session = useSession();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const phone = useMediaQuery(PHONE, matchMedia(PHONE).matches, { getInitialValueInEffect: false });
  const who = identityOf(session);

  const { places = [] } = names;
  const known = (id: string | null | undefined) => places.find((place) => place.id === id)?.id;
  const place = known(search.location) ?? known(localStorage.getItem(placeKey(who))) ?? names.usualPlace(session.user.id);
  useEffect(() => {
    if (search.location && search.location === place) localStorage.setItem(placeKey(who), search.location);
  }, [search.location, place, who]);

  const zone = names.zoneOf(place);
  const today = todayIn(zone, new Date());
  const view: View = search.view ?? 'day';
  const date = search.date ?? today;
  const first = firstWeekday(session.practice.country);
  const days = daysOf(view, date, first);

  const go = (next: { [K in keyof CalendarSearch]?: CalendarSearch[K] | undefined }, replace = false) =>
    void navigate({ search: (now) => ({ ...now, ...next }) as CalendarSearch, replace, resetScroll: false });
  const step = (by: 1 | -1) => goTo(view === 'month' ? shiftMonth(date, by) : daysAfter(date, view === 'week' || view === 'list' ? WEEK * by : by));
  const goTo = (day: string) => go({ date: day === today ? undefined : day });

  const title = view === 'month' ? formatMonthYear(lang, date) : view === 'week' || view === 'list' ? formatDays(lang, days.from, days.to) : formatDayLong(lang, date);
  return { search, phone, places, placeName: names.placeName, place, zone, today, view, date, first, days, title, go, goTo, step };
}

export type Frame = ReturnType<typeof useFrame>;

function daysOf(view: View, date: string, first: number): { from: string; to: string } {
  if (view === 'week') {
    const from = weekOf(date, first);
    return { from, to: daysAfter(from, WEEK - 1) };
  }
  if (view === 'list') return { from: date, to: daysAfter(date, WEEK - 1) };
  if (view === 'month') {
    const days = monthOf(date, first);
    return { from: days[0]!, to: days.at(-1)! };
  }
  return { from: date, to: date };
}
