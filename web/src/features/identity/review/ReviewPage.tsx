import { Badge, Button, Skeleton, Switch, Title } from '@mantine/core';
import { IconShieldCheck } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import { useCan, useSession } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { useErrorText } from '@/shared/i18n/errors';
import { formatDate, formatDateTime } from '@/shared/i18n/format';
import { DataList } from '@/shared/ui/DataList';
import { Gate } from '@/shared/ui/Gate';
import page from '@/shared/ui/ListPage.module.css';
import { Empty, Failed, PageHeader } from '@/shared/ui/Page';
import { toast } from '@/shared/ui/toast';
import { rolesQuery } from '../roles/api';
import { type Review, type Reviewed, reviewQuery, useConfirmReview } from './api';
import { Keys } from './Keys';
import { inOrder, isDue, marksOf } from './look';
import classes from './Review.module.css';

const MemberDrawer = lazy(() => import('../staff/MemberDrawer').then((m) => ({ default: m.MemberDrawer })));

export function ReviewPage() {
  return (
    <Gate title="review.title" needs="access.review">
      <Body />
    </Gate>
  );
}

function Body() {
  const { t } = useLang();
  const review = useQuery(reviewQuery);
  return (
    <div className={page.page}>
      <PageHeader title={t('review.title')} sub={t('review.sub')} />
      <div className={page.tabs}>
        {review.data ? (
          <>
            <Confirmation review={review.data} />
            <People people={review.data.items} />
            <Keys keys={review.data.apiKeys} now={review.data.generatedAt} />
          </>
        ) : review.isError ? (
          <Failed error={review.error} retry={() => void review.refetch()} />
        ) : (
          <>
            <Skeleton h={96} mt={14} />
            <Skeleton h={320} mt={14} />
          </>
        )}
      </div>
    </div>
  );
}

/** When somebody last said that all is well, and the button to say so. */
function Confirmation({ review }: { review: Review }) {
  const { t, lang } = useLang();
  const { practice } = useSession();
  const textOf = useErrorText();
  const confirm = useConfirmReview();
  const due = isDue(review);
  const last = review.lastConfirmedAt ? t('review.last', { date: formatDateTime(lang, practice.timeZone, review.lastConfirmedAt) }) : t('review.never');
  const say = () => confirm.mutate(undefined, { onSuccess: () => toast.done(t('review.confirmed')), onError: (error) => toast.failed(textOf(error)) });
  return (
    <section className={classes.confirm} data-due={due || undefined}>
      <IconShieldCheck size={26} stroke={1.6} className={classes.shield} aria-hidden />
      <div className={classes.confirmText}>
        <b>{review.lastConfirmedAt && due ? t('review.due') : last}</b>
        {review.lastConfirmedAt && due ? <span>{last}</span> : null}
        <span>{t('review.text')}</span>
      </div>
      <Button variant={due ? 'filled' : 'default'} loading={confirm.isPending} onClick={say}>
        {t('review.confirm')}
      </Button>
    </section>
  );
}

function Marks({ person }: { person: Reviewed }) {
  const { t } = useLang();
  const marks = marksOf(person);
  if (!marks.length) return null;
  return (
    <span className={classes.marks}>
      {marks.map((mark) => (
        <Badge key={mark} radius="sm" className={classes.mark} data-mark={mark}>
          {t(`review.flag.${mark}`)}
        </Badge>
      ))}
    </span>
  );
}

function People({ people }: { people: readonly Reviewed[] }) {
  const { t, lang } = useLang();
  const { practice } = useSession();
  const can = useCan();
  const rights = useQuery({ ...rolesQuery, enabled: can('roles.read') }).data?.table.length;
  const [only, setOnly] = useState(false);
  const [open, setOpen] = useState<Reviewed>();
  const flagged = people.filter((person) => marksOf(person).length > 0);
  const shown = inOrder(only ? flagged : people);
  const roleOf = (person: Reviewed) => person.customRole?.name ?? t(`role.${person.role}`);
  const seen = (person: Reviewed) => (person.lastSeenAt ? formatDate(lang, practice.timeZone, person.lastSeenAt) : t('staff.neverSeen'));
  return (
    <section className={page.card} aria-labelledby="people">
      <div className={classes.bar}>
        <Title order={2} fz="md" id="people">
          {t('review.people')}{' '}
          <span className={classes.count}>{people.length}</span>
        </Title>
        <Switch checked={only} onChange={(e) => setOnly(e.currentTarget.checked)} label={t('review.flagged', { number: flagged.length })} />
      </div>
      {shown.length ? (
        <DataList
          rows={shown}
          keyOf={(person) => person.id}
          label={t('review.people')}
          nameLabel={t('review.person')}
          nameOf={(person) => ({ name: person.name, other: roleOf(person) })}
          columns={[
            { label: t('review.rights'), cell: (p) => (rights ? t('review.rightsOf', { number: p.permissions, all: rights }) : p.permissions) },
            { label: t('staff.seen'), cell: seen },
            { label: t('staff.secondFactor'), cell: (p) => (p.secondFactor === null ? null : t(p.secondFactor ? 'staff.secondFactor.on' : 'staff.secondFactor.off')) },
            { label: t('review.devices'), cell: (p) => (p.openSessions ? t('review.devices.count', { count: p.openSessions }) : null) },
            { label: t('review.flags'), cell: (p) => (marksOf(p).length ? <Marks person={p} /> : null) },
          ]}
          details={(p) => [roleOf(p), ...marksOf(p).map((mark) => t(`review.flag.${mark}`)), seen(p)].join(' · ')}
          onOpen={setOpen}
        />
      ) : (
        <Empty icon={<IconShieldCheck size={26} stroke={1.6} />} title={t('review.nothingFlagged')} text={t('review.nothingFlaggedText')} />
      )}
      {can('roles.read') ? (
        <div className={classes.after}>
          <Link to="/settings/roles" className={classes.link}>
            {t('roles.matrix')}
          </Link>
        </div>
      ) : null}
      <Suspense>{open ? <MemberDrawer key={open.id} member={open} onClose={() => setOpen(undefined)} /> : null}</Suspense>
    </section>
  );
}
