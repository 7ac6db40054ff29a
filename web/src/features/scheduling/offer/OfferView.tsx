import { Button, Skeleton } from '@mantine/core';
import { IconCalendarCheck, IconCalendarEvent, IconClockHour4, IconHourglassOff, IconMapPin, IconStethoscope, IconUserHeart } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useEffect, useRef } from 'react';
import { phoneText } from '@/features/patients/person';
import { hasCode } from '@/shared/api/problem';
import { type Lang, useLang } from '@/shared/i18n';
import { useErrorText } from '@/shared/i18n/errors';
import { formatLongDate, formatTime, formatTimes, timeZoneName } from '@/shared/i18n/format';
import { Failed } from '@/shared/ui/Page';
import { useNow } from '../book/KeptFor';
import { type Offered, offerQuery, useAnswer } from './api';
import classes from './Offer.module.css';

const MINUTE = 60_000;
const TICK_MS = 5_000;
/** What a refusal says that the offer itself says better, once it is looked at again. */
const OVER = ['offer.taken', 'offer.expired', 'offer.declined', 'offer.over'];

/** A time that became free, for whom it was offered to: take it, or not. `token` is what opening the link gave. */
export function OfferView({ token }: { token: string }) {
  const offer = useQuery(offerQuery(token));
  if (offer.error && !offer.data) return <Failed error={offer.error} retry={() => void offer.refetch()} />;
  if (!offer.data) {
    return (
      <div className={classes.offer} aria-busy>
        <Skeleton h={32} />
        <Skeleton h={180} radius={12} />
        <Skeleton h={48} />
      </div>
    );
  }
  return <Shown offer={offer.data} token={token} />;
}

const local = (lang: Lang, en: string, ar: string | null) => (lang === 'ar' && ar ? ar : en);

function Shown({ offer, token }: { offer: Offered; token: string }) {
  const { t, lang } = useLang();
  const textOf = useErrorText();
  const answer = useAnswer(token);
  const now = useNow(TICK_MS);
  const headRef = useRef<HTMLHeadingElement>(null);
  const left = Math.max(0, Math.ceil((Date.parse(offer.expiresAt) - now) / MINUTE));
  const isOpen = offer.status === 'sent' && left > 0;
  const status = offer.status === 'sent' && !isOpen ? 'expired' : offer.status;
  const { provider, place, practice } = offer;
  const title = lang === 'ar' ? provider.titleAr ?? provider.title : provider.title;
  const isRefused = !!answer.error && !OVER.some((code) => hasCode(answer.error, code));
  const refusal = isRefused ? (hasCode(answer.error, 'appointment.patient_busy') ? t('offer.elsewhere') : textOf(answer.error)) : undefined;
  // whoever cannot see it hears what came of the answer
  useEffect(() => {
    if (status !== 'sent') headRef.current?.focus();
  }, [status]);
  const Icon = status === 'sent' ? IconCalendarEvent : status === 'accepted' ? IconCalendarCheck : IconHourglassOff;
  return (
    <article className={classes.offer} data-offer={status}>
      <header className={classes.head}>
        <span className={classes.icon} aria-hidden>
          <Icon size={26} stroke={1.6} />
        </span>
        <h1 ref={headRef} tabIndex={-1}>
          {t(`offer.is.${status}`)}
        </h1>
        <p>{t(`offer.about.${status}`, { practice: practice.name })}</p>
      </header>
      <dl className={classes.facts} data-over={status !== 'sent' && status !== 'accepted' ? true : undefined}>
        <Fact icon={<IconClockHour4 size={18} stroke={1.7} />} label={t('offer.when')}>
          <b>{formatLongDate(lang, offer.timeZone, offer.start)}</b>
          <span className="tnum">{formatTimes(lang, offer.timeZone, offer.start, offer.end)}</span>
          <small>{timeZoneName(lang, offer.timeZone)}</small>
        </Fact>
        <Fact icon={<IconStethoscope size={18} stroke={1.7} />} label={t('offer.what')}>
          <bdi>{local(lang, offer.serviceEn, offer.serviceAr)}</bdi>
        </Fact>
        <Fact icon={<IconUserHeart size={18} stroke={1.7} />} label={t('offer.who')}>
          <bdi>{[title, provider.name].filter(Boolean).join(' ')}</bdi>
        </Fact>
        <Fact icon={<IconMapPin size={18} stroke={1.7} />} label={t('offer.where')}>
          <bdi>{local(lang, place.name, place.nameAr)}</bdi>
          {place.address ? <small>{[place.address.line1, place.address.line2, place.address.city].filter(Boolean).join(lang === 'ar' ? '، ' : ', ')}</small> : null}
        </Fact>
      </dl>
      {isOpen && offer.insteadOf ? (
        <p className={classes.note}>{t('offer.insteadOf', { when: [formatLongDate(lang, offer.timeZone, offer.insteadOf), formatTime(lang, offer.timeZone, offer.insteadOf)].join(lang === 'ar' ? '، ' : ', ') })}</p>
      ) : null}
      {refusal ? (
        <p className={classes.refusal} role="alert">
          {refusal}
        </p>
      ) : null}
      {isOpen ? (
        <div className={classes.answer}>
          <p className={classes.left} role="timer">
            {t('offer.left', { count: left })} {t('offer.others')}
          </p>
          <Button size="lg" fullWidth loading={answer.isPending} onClick={() => answer.mutate('accept')}>
            {t('offer.accept')}
          </Button>
          <Button size="md" fullWidth variant="default" disabled={answer.isPending} onClick={() => answer.mutate('decline')}>
            {t('offer.decline')}
          </Button>
        </div>
      ) : null}
      {practice.phone ? (
        <p className={classes.call}>
          {t('offer.call')}{' '}
          <a href={`tel:${practice.phone}`} className="ltr">
            {phoneText(practice.phone)}
          </a>
        </p>
      ) : null}
    </article>
  );
}

function Fact({ icon, label, children }: { icon: ReactNode; label: string; children: ReactNode }) {
  return (
    <div>
      <dt>
        <span aria-hidden>{icon}</span>
        {label}
      </dt>
      <dd>{children}</dd>
    </div>
  );
}
