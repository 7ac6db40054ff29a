import { ActionIcon, Button, Menu } from '@mantine/core';
import { IconDots } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { Link } from '@tanstack/react-router';
import { Phone } from '@/features/patients/marks';
import { namesOf } from '@/features/patients/person';
import { useLang } from '@/shared/i18n';
import { whenText } from '../book/when';
import { minutesOf } from '../moved';
import { useDuration } from '../today/useDuration';
import type { Names } from '../useNames';
import type { Match, Mode, OfferItem, Opening } from './api';
import { Countdown } from './Countdown';
import { OfferMark } from './OfferMark';
import { useActs, useMayGive } from './useActs';
import classes from './Waitlist.module.css';

type Props = { opening: Opening; names: Names; mode: Mode | undefined };

/** Time that became free: when and with whom, who was asked and what they said, who comes next, and what can be done. */
export function OpeningCard({ opening, names, mode }: Props) {
  const { t, lang } = useLang();
  const durationOf = useDuration();
  const acts = useActs();
  const mayGive = useMayGive()(opening);
  const when = whenText(lang, opening.timeZone, opening.start);
  // what the practice itself freed is not offered by itself, whatever the mode
  const underWay = opening.offers.some(({ status }) => status === 'sent');
  const reachable = opening.matches.some(({ mayBeOffered }) => mayBeOffered);
  return (
    <article className={classes.card} data-opening={opening.id} aria-label={t('waitlist.opening.label', { when, name: names.personName(opening.providerId) })}>
      <header className={classes.cardHead}>
        <div className={classes.cardTitle}>
          <b className="tnum">{when}</b>
          <span>
            {durationOf(minutesOf(opening))} · <bdi>{names.personName(opening.providerId)}</bdi> · <bdi>{names.placeName(opening.locationId)}</bdi>
          </span>
          <span>{t(`waitlist.opening.cause.${opening.cause}`, { service: names.serviceName(opening.serviceId) })}</span>
        </div>
        <Countdown opening={opening} />
        {mayGive ? (
          <Menu position="bottom-end">
            <Menu.Target>
              <ActionIcon variant="subtle" color="gray" size={36} aria-label={t('waitlist.opening.more', { when })}>
                <IconDots size={18} stroke={1.7} />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item onClick={() => void acts.stop(opening)}>{t('waitlist.opening.stop')}</Menu.Item>
            </Menu.Dropdown>
          </Menu>
        ) : null}
      </header>
      {opening.offers.length ? (
        <ul className={classes.people} aria-label={t('waitlist.opening.asked')}>
          {opening.offers.map((offer) => (
            <Asked key={offer.id} offer={offer} action={mayGive && offer.status !== 'accepted' ? (name) => (
              <Button size="compact-sm" variant="subtle" disabled={acts.busy} aria-label={t('waitlist.opening.bookFor', { name })} onClick={() => void acts.book(opening, offer.wishId, name)}>
                {t('scheduling.book.go')}
              </Button>
            ) : undefined} />
          ))}
        </ul>
      ) : null}
      {opening.matches.length ? (
        <>
          <div className={classes.nextHead}>
            <span>{t(mode === 'automatic' && underWay ? 'waitlist.opening.next' : 'waitlist.opening.fits')}</span>
            {mayGive && reachable ? (
              <Button size="compact-sm" variant="light" loading={acts.busy} onClick={() => void acts.offerWave(opening)}>
                {t('waitlist.opening.offerWave')}
              </Button>
            ) : null}
          </div>
          <ul className={classes.people} aria-label={t('waitlist.opening.fits')}>
            {opening.matches.map((match) => (
              <Fits key={match.wishId} match={match} opening={opening} mayGive={mayGive} acts={acts} />
            ))}
          </ul>
        </>
      ) : opening.offers.length ? null : (
        <p className={classes.hint}>{t('waitlist.opening.nobody')}</p>
      )}
    </article>
  );
}

function Asked({ offer, action }: { offer: OfferItem; action: ((name: string) => ReactNode) | undefined }) {
  const { lang } = useLang();
  const { name } = namesOf(offer.patient, lang);
  return (
    <li className={classes.person} data-faint={offer.status === 'expired' || offer.status === 'declined' || offer.status === 'withdrawn' || undefined}>
      <span className={classes.wave} aria-hidden>
        {offer.wave}
      </span>
      <Link to="/patients/$id" params={{ id: offer.patientId }} search={{}} className={classes.who}>
        <bdi>{name}</bdi>
      </Link>
      <OfferMark status={offer.status} />
      {action?.(name)}
    </li>
  );
}

type FitsProps = { match: Match; opening: Opening; mayGive: boolean; acts: ReturnType<typeof useActs> };

function Fits({ match, opening, mayGive, acts }: FitsProps) {
  const { t, lang } = useLang();
  const { name } = namesOf(match.patient, lang);
  return (
    <li className={classes.person} data-match={match.wishId}>
      <span className={classes.about}>
        <Link to="/patients/$id" params={{ id: match.patient.id }} search={{}} className={classes.who}>
          <bdi>{name}</bdi>
        </Link>
        <small>
          {match.wish.urgent ? <b className={classes.urgent}>{t('waitlist.urgent')}</b> : null}
          {match.wish.givesUpId ? <span>{t('waitlist.movesUp')}</span> : null}
          {match.patient.phone ? <Phone number={match.patient.phone} /> : null}
        </small>
      </span>
      {mayGive ? (
        <span className={classes.acts}>
          {match.mayBeOffered ? (
            <Button size="compact-sm" variant="default" disabled={acts.busy} aria-label={t('waitlist.opening.offerOne', { name })} onClick={() => void acts.offerTo(opening, match, name)}>
              {t('waitlist.opening.offer')}
            </Button>
          ) : null}
          <Button size="compact-sm" variant="light" disabled={acts.busy} aria-label={t('waitlist.opening.bookFor', { name })} onClick={() => void acts.book(opening, match.wishId, name)}>
            {t('scheduling.book.go')}
          </Button>
        </span>
      ) : null}
    </li>
  );
}
