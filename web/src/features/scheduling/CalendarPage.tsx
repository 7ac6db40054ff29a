import { Button, Skeleton } from '@mantine/core';
import { IconInfoCircle, IconMapPin, IconPlus, IconUserHeart } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useState } from 'react';
import { useCan, useSession } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { Gate } from '@/shared/ui/Gate';
import { Empty, Failed, PageHeader } from '@/shared/ui/Page';
import { useShortcuts } from '@/shared/ui/shortcuts';
import { takeRest } from '@/shared/ui/takeRest';
import { type Calendar, calendarQuery, type Status } from './api';
import type { Picked } from './calendar/Board';
import { type By, providersOf } from './calendar/placing';
import classes from './calendar/Calendar.module.css';
import { Toolbar, Who } from './calendar/Toolbar';
import { type Frame, useFrame } from './calendar/useFrame';
import type { View } from './search';
import { StatusMark } from './StatusMark';
import { type Names, useNames } from './useNames';

// the widget is the heaviest part of the page: it comes while the days are fetched, and not at all for a month or a list
const loadBoard = () => import('./calendar/Board').then((m) => ({ default: m.Board }));
const Board = lazy(loadBoard);
const Month = lazy(() => import('./calendar/Month').then((m) => ({ default: m.Month })));
const Agenda = lazy(() => import('./calendar/Agenda').then((m) => ({ default: m.Agenda })));
const BookDrawer = lazy(() => import('./BookDrawer').then((m) => ({ default: m.BookDrawer })));
const AppointmentDrawer = lazy(() => import('./AppointmentDrawer').then((m) => ({ default: m.AppointmentDrawer })));

const WEEK = 7;
const legend: Status[] = ['scheduled', 'confirmed', 'arrived', 'in_chair', 'completed', 'no_show'];
const columnsBy: Partial<Record<View, By>> = { day: 'provider', rooms: 'room', week: 'day' };

export function CalendarPage() {
  return (
    <Gate title="calendar.title" needs="appointments.read">
      <CalendarOfPlace />
    </Gate>
  );
}

function CalendarOfPlace() {
  const { t } = useLang();
  const can = useCan();
  const names = useNames();
  const frame = useFrame(names);
  const { search, view, today, place, date, go, goTo, step } = frame;
  const [picked, setPicked] = useState<Picked>();
  const canBook = can('appointments.write') || can('appointments.write_own');
  const book = (where?: Picked) => {
    setPicked(where);
    go({ book: true });
  };
  const close = (id: string) => {
    go({ appointment: undefined });
    // a moved appointment is another element by now
    setTimeout(() => document.querySelector<HTMLElement>(`[data-entry="${id}"]`)?.focus({ preventScroll: true }), 50);
  };
  const look = (next: View) => go({ view: next === 'day' ? undefined : next });
  const rtl = document.documentElement.dir === 'rtl';

  useShortcuts([
    ...(canBook ? [{ key: 'n', label: 'calendar.new' as const, run: () => book() }] : []),
    { key: 't', label: 'calendar.today', run: () => goTo(today) },
    { key: 'j', label: 'calendar.key.next', run: () => step(1) },
    { key: 'k', label: 'calendar.key.previous', run: () => step(-1) },
    { key: rtl ? 'ArrowLeft' : 'ArrowRight', label: 'calendar.key.next', shown: [rtl ? '←' : '→'], run: () => step(1) },
    { key: rtl ? 'ArrowRight' : 'ArrowLeft', label: 'calendar.key.previous', shown: [rtl ? '→' : '←'], run: () => step(-1) },
    { key: 'd', label: 'calendar.key.day', run: () => look('day') },
    { key: 'r', label: 'calendar.key.rooms', run: () => look('rooms') },
    { key: 'w', label: 'calendar.key.week', run: () => look('week') },
    { key: 'm', label: 'calendar.key.month', run: () => look('month') },
    { key: 'l', label: 'calendar.key.list', run: () => look('list') },
  ]);

  if (names.ready && !names.places?.length) return <NoPlace />;
  return (
    <div ref={takeRest} className={classes.page}>
      <PageHeader
        title={t('calendar.title')}
        sub={
          <>
            {frame.title}
            {frame.places.length > 1 && place && !frame.phone ? <> · {names.placeName(place)}</> : null}
          </>
        }
        actions={
          canBook ? (
            <Button leftSection={<IconPlus size={16} />} onClick={() => book()}>
              {t('calendar.new')}
            </Button>
          ) : null
        }
      />
      <Toolbar frame={frame} />
      <Suspense fallback={<Waiting />}>
        {view === 'month' ? (
          <div className={classes.board}>
            <Month frame={frame} />
          </div>
        ) : (
          <Days names={names} frame={frame} onBook={book} />
        )}
      </Suspense>
      <Suspense>
        {search.book ? (
          <BookDrawer opened {...picked} locationId={place ?? undefined} date={date} onClose={() => go({ book: undefined })} />
        ) : null}
        {search.appointment ? <AppointmentDrawer key={search.appointment} id={search.appointment} onClose={() => close(search.appointment!)} /> : null}
      </Suspense>
    </div>
  );
}

function Days({ names, frame, onBook }: { names: Names; frame: Frame; onBook: (picked: Picked) => void }) {
  const { t } = useLang();
  const { user } = useSession();
  const { search, phone, view, place, days, today, go } = frame;
  const asked = useQuery({ ...calendarQuery({ locationId: place ?? '', ...days }), enabled: place !== null });
  const { data: calendar } = asked;
  const by = columnsBy[view];
  useEffect(() => {
    if (by) void loadBoard();
  }, [by]);
  if (asked.error && !calendar) return <Failed error={asked.error} retry={() => void asked.refetch()} />;
  if (!calendar || !place) return <Waiting />;

  const all = providersOf(calendar.hours, calendar.items);
  const single = by === 'day' || (by === 'provider' && phone);
  const shown = single ? [oneOf(all, search.provider, user.id)].filter((id) => id !== undefined) : manyOf(all, search.providers);
  const show = (ids: string[]) => go(single ? { provider: ids[0] } : { providers: ids.length && ids.length < all.length ? ids : undefined }, true);
  if (!all.length) return <NoProvider />;
  const cancelled = search.cancelled === true;
  const open = (appointment: string) => go({ appointment });
  return (
    <>
      <Who names={names} all={by === 'room' ? [] : all} shown={shown} single={single} cancelled={cancelled} onShow={show} onCancelled={(on) => go({ cancelled: on || undefined }, true)} />
      <Notes calendar={calendar} shown={by === 'room' ? all : shown} />
      <div className={classes.board} data-fading={asked.isPlaceholderData || undefined}>
        {by ? (
          <Board
            label={t(`calendar.board.${by}`, { title: frame.title })}
            calendar={calendar}
            names={names}
            by={by}
            day={days.from}
            days={by === 'day' ? WEEK : 1}
            today={today}
            providers={shown}
            place={place}
            cancelled={cancelled}
            onOpen={open}
            onPick={onBook}
          />
        ) : (
          <Agenda calendar={calendar} names={names} from={days.from} days={WEEK} providers={shown} cancelled={cancelled} onOpen={open} />
        )}
      </div>
      <ul className={classes.legend} aria-label={t('calendar.legend')}>
        {[...legend, ...(cancelled ? (['cancelled'] as const) : [])].map((status) => (
          <li key={status}>
            <StatusMark status={status} />
          </li>
        ))}
      </ul>
    </>
  );
}

/** Who was chosen, or oneself, or the first. */
const oneOf = (all: string[], chosen: string | undefined, self: string) => all.find((id) => id === chosen) ?? all.find((id) => id === self) ?? all[0];

/** Who of them was chosen; all, where nobody is left of those. */
function manyOf(all: string[], chosen: string[] | undefined): string[] {
  const left = all.filter((id) => chosen?.includes(id));
  return left.length ? left : all;
}

/** What one must know of these days before reading them. */
function Notes({ calendar, shown }: { calendar: Calendar; shown: string[] }) {
  const { t } = useLang();
  const nobody = !calendar.hours.some((h) => shown.includes(h.providerId) && h.open.length);
  const text = calendar.more ? t('calendar.more') : nobody ? t('calendar.nobody') : undefined;
  return text ? (
    <p className={classes.note} role="status">
      <IconInfoCircle size={16} stroke={1.8} aria-hidden />
      {text}
    </p>
  ) : null;
}

function Waiting() {
  const places = Array.from({ length: 15 }, (_, i) => i);
  return (
    <div className={classes.board} aria-busy>
      <div className={classes.skeleton}>
        {places.map((i) => (
          <Skeleton key={i} height={i < 5 ? 28 : 84} radius="md" />
        ))}
      </div>
    </div>
  );
}

function NoPlace() {
  const { t } = useLang();
  const may = useCan()('practice.write');
  return (
    <>
      <PageHeader title={t('calendar.title')} />
      <Empty
        icon={<IconMapPin size={26} stroke={1.6} />}
        title={t('calendar.noPlace.title')}
        text={t('calendar.noPlace.text')}
        action={may ? <Button component={Link} to="/settings/locations">{t('calendar.noPlace.action')}</Button> : null}
      />
    </>
  );
}

function NoProvider() {
  const { t } = useLang();
  const may = useCan()('practice.write');
  return (
    <Empty
      icon={<IconUserHeart size={26} stroke={1.6} />}
      title={t('calendar.noProvider.title')}
      text={t('calendar.noProvider.text')}
      action={may ? <Button component={Link} to="/settings/providers">{t('calendar.noProvider.action')}</Button> : null}
    />
  );
}
