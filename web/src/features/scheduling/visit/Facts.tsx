import { Avatar, Button, Skeleton } from '@mantine/core';
import { IconPhone, IconRepeat } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { patientQuery } from '@/features/patients/api';
import { AlertList, Phone, useAge } from '@/features/patients/marks';
import { initialsOf, namesOf } from '@/features/patients/person';
import { useCan } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { formatDateTime, formatTime } from '@/shared/i18n/format';
import { ColourDot } from '@/shared/ui/ColourField';
import { type Appointment, settingsQuery } from '../api';
import { whenText } from '../book/when';
import { minutesOf } from '../moved';
import type { Names } from '../useNames';
import classes from './Visit.module.css';

/** Who comes, with what one must know of them and how to reach them. */
export function Who({ patientId }: { patientId: string }) {
  const { t, lang } = useLang();
  const ageOf = useAge();
  const p = useQuery({ ...patientQuery(patientId), enabled: useCan()('patients.read') }).data;
  if (!p) return <Skeleton h={48} />;
  const { name, other } = namesOf(p, lang);
  const phone = (p.phones.find((one) => one.preferred) ?? p.phones[0])?.number;
  return (
    <div className={classes.who}>
      <div className={classes.person}>
        <Avatar size={42} radius="xl" aria-hidden>
          {initialsOf(name)}
        </Avatar>
        <span className={classes.name}>
          <Link to="/patients/$id" params={{ id: p.id }} search={{}}>
            <bdi>{name}</bdi>
          </Link>
          <small className="tnum">
            {[t('patients.number', { number: p.number }), p.birthDate ? ageOf(p.birthDate) : null, p.sex === 'unknown' ? null : t(`patients.sex.${p.sex}`)].filter(Boolean).join(' · ')}
          </small>
          {other ? (
            <small>
              <bdi>{other}</bdi>
            </small>
          ) : null}
        </span>
        {phone ? (
          <Button component="a" href={`tel:${phone}`} size="xs" variant="default" className={classes.call ?? ''} leftSection={<IconPhone size={15} stroke={1.8} />}>
            <Phone number={phone} />
          </Button>
        ) : null}
      </div>
      <AlertList alerts={p.alerts} />
    </div>
  );
}

const REFERENCE = /(\w{4})(\w{4})$/;
/** What a patient who booked online was told to call it. */
const referenceOf = (id: string) => REFERENCE.exec(id.toUpperCase())?.slice(1).join('-') ?? '';

function Pair({ label, wide, children }: { label: string; wide?: boolean; children: ReactNode }) {
  return (
    <div data-wide={wide || undefined}>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** When, what, with whom and where. */
export function Facts({ appointment: a, names }: { appointment: Appointment; names: Names }) {
  const { t, lang } = useLang();
  const colour = a.colour ?? names.service(a.serviceId)?.colour;
  const time = (at: string) => formatTime(lang, a.timeZone, at);
  return (
    <dl className={classes.pairs}>
      <Pair label={t('scheduling.book.when')} wide>
        <span className={a.status === 'cancelled' ? classes.struck : undefined}>
          <span className="tnum">{`${whenText(lang, a.timeZone, a.start)} – ${time(a.end)}`}</span>
        </span>
        <small>
          {[t('unit.minutes', { count: minutesOf(a) }), a.moves ? t('scheduling.visit.moved', { count: a.moves }) : null].filter(Boolean).join(' · ')}
        </small>
      </Pair>
      <Pair label={t('scheduling.book.service')}>
        <span className={classes.service}>
          {colour ? <ColourDot colour={colour} /> : null}
          <bdi>{names.serviceName(a.serviceId)}</bdi>
        </span>
        {a.deposit ? <small>{t('scheduling.visit.deposit')}</small> : null}
      </Pair>
      <Pair label={t('scheduling.book.provider')}>
        {a.providerIds.map((id) => (
          <bdi key={id} style={{ display: 'block' }}>
            {names.personName(id)}
          </bdi>
        ))}
      </Pair>
      <Pair label={t('scheduling.book.location')}>
        <bdi>{names.placeName(a.locationId)}</bdi>
      </Pair>
      <Pair label={t('scheduling.book.room')}>
        <bdi>{names.roomNames(a.roomIds) || '–'}</bdi>
      </Pair>
      {a.series ? (
        <Pair label={t('scheduling.visit.series')} wide>
          <span className={classes.service}>
            <IconRepeat size={15} stroke={1.8} aria-hidden />
            {t('scheduling.visit.seriesOf', { number: a.series.number, length: a.series.length })}
          </span>
        </Pair>
      ) : null}
      {a.source === 'online' ? (
        <Pair label={t('scheduling.visit.source')} wide>
          {t('scheduling.visit.online')} <bdi className="ltr tnum">{referenceOf(a.id)}</bdi>
        </Pair>
      ) : null}
      {a.overbooking ? (
        <Pair label={t('scheduling.visit.overbooked')} wide>
          <bdi>{a.overbooking}</bdi>
        </Pair>
      ) : null}
    </dl>
  );
}

/** What was said of it so far, and when. */
export function Course({ appointment: a }: { appointment: Appointment }) {
  const { t, lang } = useLang();
  const stages = [
    ['booked', a.createdAt],
    ['confirmed', a.confirmedAt],
    ['arrived', a.arrivedAt],
    ['seated', a.seatedAt],
    ['completed', a.completedAt],
    ['out', a.checkedOutAt],
    ['missed', a.noShowAt],
    ['cancelled', a.cancellation?.at ?? null],
  ] as const;
  return (
    <ul className={classes.times} aria-label={t('scheduling.visit.course')}>
      {stages.map(([key, at]) =>
        at ? (
          <li key={key}>
            <b>{t(`scheduling.visit.at.${key}`)}</b>
            <time dateTime={at} className="tnum">
              {formatDateTime(lang, a.timeZone, at)}
            </time>
          </li>
        ) : null,
      )}
    </ul>
  );
}

/** Why it does not take place. */
export function WhyCancelled({ why }: { why: NonNullable<Appointment['cancellation']> }) {
  const { t, lang } = useLang();
  const reasons = useQuery(settingsQuery).data?.reasons;
  const reason = reasons?.find((one) => one.key === why.reason);
  return (
    <p className={classes.reason}>
      <small>{t(`scheduling.visit.by.${why.by}`)}</small>
      <bdi>{reason ? (lang === 'ar' && reason.nameAr ? reason.nameAr : reason.nameEn) : why.reason}</bdi>
      {why.note ? (
        <>
          <br />
          <bdi>{why.note}</bdi>
        </>
      ) : null}
    </p>
  );
}
