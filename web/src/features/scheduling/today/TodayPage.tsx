import { Button, Select, Skeleton, UnstyledButton } from '@mantine/core';
import { IconMapPin, IconPlus } from '@tabler/icons-react';
import { useQueries, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import { namesOf } from '@/features/patients/person';
import { useCan, useSession } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { formatLongDate, formatNumber, formatTime, hourIn } from '@/shared/i18n/format';
import { Gate } from '@/shared/ui/Gate';
import { Empty, Failed, PageHeader } from '@/shared/ui/Page';
import { useShortcuts } from '@/shared/ui/shortcuts';
import { dayIn } from '@/shared/zoned';
import { calendarQuery, type Item } from '../api';
import { useNow } from '../book/KeptFor';
import { StatusMark } from '../StatusMark';
import { type Names, useNames } from '../useNames';
import { useVisit, Visit } from '../visit/Visit';
import { type Hole, holesIn, minutesIn, takesTime } from './holes';
import classes from './Today.module.css';
import { useDuration } from './useDuration';
import { usePlace } from './usePlace';

const BookDrawer = lazy(() => import('../BookDrawer').then((m) => ({ default: m.BookDrawer })));
const Board = lazy(() => import('./Board').then((m) => ({ default: m.Board })));
const Lists = lazy(() => import('./Lists').then((m) => ({ default: m.Lists })));
const OnboardingCard = lazy(() => import('@/features/practice/onboarding/OnboardingCard').then((m) => ({ default: m.OnboardingCard })));

/** Waiting times are in minutes. */
const TICK_MS = 20_000;
const greetingAt = (hour: number) => (hour < 12 ? 'home.morning' : hour < 17 ? 'home.afternoon' : 'home.evening');

export function TodayPage() {
  return (
    <Gate title="nav.today" needs="appointments.read">
      <Today />
    </Gate>
  );
}

function Today() {
  const { t, lang } = useLang();
  const can = useCan();
  const { user } = useSession();
  const names = useNames();
  const { place, choose } = usePlace(names);
  const [booking, setBooking] = useState<{ start?: string; providerId?: string }>();
  const zone = names.zoneOf(place);
  const now = useNow(TICK_MS);
  const mayBook = can('appointments.write_own') && !!place;
  const book = () => setBooking({});
  useShortcuts(mayBook ? [{ key: 'n', label: 'scheduling.book.title', run: book }] : []);

  return (
    <>
      <PageHeader
        title={t(greetingAt(hourIn(zone, new Date(now))), { name: user.name })}
        sub={formatLongDate(lang, zone, new Date(now))}
        actions={
          <>
            {names.placeChoices.length > 1 ? (
              <Select aria-label={t('scheduling.book.location')} data={names.placeChoices} value={place} onChange={choose} allowDeselect={false} leftSection={<IconMapPin size={16} stroke={1.7} />} w={200} />
            ) : null}
            {mayBook ? (
              <Button leftSection={<IconPlus size={16} />} onClick={book}>
                {t('scheduling.book.title')}
              </Button>
            ) : null}
          </>
        }
      />
      <div className={classes.welcome}>
        <Suspense>{can('practice.write') ? <OnboardingCard /> : null}</Suspense>
      </div>
      {place ? (
        <Day key={place} place={place} zone={zone} names={names} now={now} onBook={setBooking} mayBook={mayBook} />
      ) : names.ready ? (
        <Empty
          icon={<IconMapPin size={26} stroke={1.6} />}
          title={t('scheduling.today.noPlace')}
          text={t('scheduling.today.noPlaceText')}
          action={can('practice.write') ? <Button renderRoot={(props) => <Link to="/settings/locations" search={{ new: true }} {...props} />}>{t('locations.new')}</Button> : undefined}
        />
      ) : (
        <Waiting />
      )}
      <Suspense>{booking ? <BookDrawer opened locationId={place ?? undefined} {...booking} onClose={() => setBooking(undefined)} /> : null}</Suspense>
      <Visit />
    </>
  );
}

type DayProps = { place: string; zone: string; names: Names; now: number; mayBook: boolean; onBook: (at: { start: string; providerId: string }) => void };

/** The day of a location: how it stands in numbers, the board, and what is to be done meanwhile. */
function Day({ place, zone, names, now, mayBook, onBook }: DayProps) {
  const visit = useVisit();
  const today = dayIn(zone, new Date(now));
  const day = useQuery(calendarQuery({ locationId: place, from: today, to: today }));
  const holes = useHoles(place, today, names, now);
  if (day.error && !day.data) return <Failed error={day.error} retry={() => void day.refetch()} />;
  if (!day.data) return <Waiting />;
  const { items } = day.data;
  const book = ({ start, providerId }: Hole) => onBook({ start: new Date(start).toISOString(), providerId });
  return (
    <div className={classes.page}>
      <Numbers items={items} free={holes.rows && minutesIn(holes.rows)} />
      <div className={classes.cols}>
        <div className={classes.page} style={{ padding: 0 }}>
          <Suspense fallback={<Skeleton h={320} radius={12} />}>
            <Board items={items} names={names} now={now} onOpen={visit.open} />
          </Suspense>
          <Lost items={items} onOpen={visit.open} />
        </div>
        <Suspense fallback={<Skeleton h={320} radius={12} />}>
          <Lists today={today} place={place} zone={zone} names={names} items={items} holes={holes} mayBook={mayBook} onBook={book} onOpen={visit.open} />
        </Suspense>
      </div>
    </div>
  );
}

/** Who is free at the place, with a chair for it: whoever is booked somewhere else is not. */
function useHoles(place: string, today: string, names: Names, now: number) {
  const everywhere = useQueries({ queries: (names.places ?? []).map(({ id }) => calendarQuery({ locationId: id, from: today, to: today })) });
  const at = names.places?.findIndex(({ id }) => id === place) ?? -1;
  const here = everywhere[at]?.data;
  const whole = here && everywhere.every((one) => one.data);
  return {
    rows: whole ? holesIn(here.hours, everywhere.flatMap((one) => one.data?.items ?? []), names.roomChoices(place).map((one) => one.value), now) : undefined,
    error: everywhere.find((one) => one.error)?.error,
    retry: () => everywhere.forEach((one) => void one.refetch()),
  };
}

function Numbers({ items, free }: { items: Item[]; free: number | undefined }) {
  const { t, lang } = useLang();
  const durationOf = useDuration();
  const here = items.filter(({ status }) => status === 'arrived' || status === 'in_chair' || status === 'completed').length;
  const numbers = [
    ['booked', formatNumber(lang, items.filter(takesTime).length)],
    ['here', formatNumber(lang, here)],
    ['missed', formatNumber(lang, items.filter(({ status }) => status === 'no_show').length)],
    ['free', free === undefined ? '…' : durationOf(free)],
  ] as const;
  return (
    <dl className={classes.numbers}>
      {numbers.map(([key, value]) => (
        <div key={key} className={classes.number} data-number={key}>
          <dt>{t(`scheduling.today.number.${key}`)}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** Who does not come after all. */
function Lost({ items, onOpen }: { items: Item[]; onOpen: (id: string) => void }) {
  const { t, lang } = useLang();
  const lost = items.filter((item) => !takesTime(item));
  if (!lost.length) return null;
  return (
    <div className={classes.lost} role="group" aria-label={t('scheduling.today.lost')}>
      <span>{t('scheduling.today.lost')}</span>
      {lost.map((item) => (
        <UnstyledButton key={item.id} className={classes.lostOne} onClick={() => onOpen(item.id)}>
          <span className="tnum">{formatTime(lang, item.timeZone, item.start)}</span>
          <bdi>{namesOf(item.patient, lang).name}</bdi>
          <StatusMark status={item.status} />
        </UnstyledButton>
      ))}
    </div>
  );
}

/** The page in outline. */
function Waiting() {
  return (
    <div className={classes.page} aria-busy>
      <div className={classes.numbers}>
        {[1, 2, 3, 4].map((n) => (
          <Skeleton key={n} h={74} radius={12} />
        ))}
      </div>
      <div className={classes.cols}>
        <div className={classes.board}>
          {[1, 2, 3, 4, 5].map((n) => (
            <Skeleton key={n} h={320} radius={12} />
          ))}
        </div>
        <Skeleton h={320} radius={12} />
      </div>
    </div>
  );
}
