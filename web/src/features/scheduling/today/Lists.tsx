import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import { useCan, useSession } from '@/shared/auth/session';
import { useLang, wantTexts } from '@/shared/i18n';
import type { Item } from '../api';
import type { Names } from '../useNames';
import { Holes } from './Holes';
import { NeedsAttention } from './NeedsAttention';
import type { Hole } from './holes';
import { Openings } from './Openings';
import { RecallsDue } from './RecallsDue';
import classes from './Today.module.css';
import { soonQuery, Unconfirmed } from './Unconfirmed';
import { Unverified } from './Unverified';

const TasksDue = lazy(async () => {
  const [module] = await Promise.all([import('./TasksDue'), wantTexts('tasks')]);
  return { default: module.TasksDue };
});

type Props = {
  today: string;
  place: string;
  zone: string;
  names: Names;
  items: Item[];
  holes: { rows: Hole[] | undefined; error: unknown; retry: () => void };
  mayBook: boolean;
  onBook: (hole: Hole) => void;
  onOpen: (id: string) => void;
};

/** What is to be done between two patients. */
export function Lists({ today, place, zone, names, items, holes, mayBook, onBook, onOpen }: Props) {
  const { t } = useLang();
  const can = useCan();
  const { user } = useSession();
  const soon = useQuery(soonQuery(place, today));
  const own = holes.rows?.filter((hole) => can('appointments.write') || !mayBook || hole.providerId === user.id);
  return (
    <aside className={classes.lists} aria-label={t('scheduling.today.lists')}>
      <NeedsAttention names={names} onOpen={onOpen} />
      <Unconfirmed today={today} locationId={place} names={names} onOpen={onOpen} />
      {can('waitlist.read') ? <Openings locationId={place} names={names} /> : null}
      <Holes holes={own} error={holes.error} retry={holes.retry} zone={zone} names={names} mayBook={mayBook} onBook={onBook} />
      <Suspense>{can('tasks.read') ? <TasksDue /> : null}</Suspense>
      {can('recalls.read') ? <RecallsDue names={names} /> : null}
      {can('patients.read') ? <Unverified coming={[...items, ...(soon.data?.items ?? [])]} zone={zone} /> : null}
    </aside>
  );
}
