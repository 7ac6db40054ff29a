import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { namesOf } from '@/features/patients/person';
import { useLang } from '@/shared/i18n';
import { whenText } from '../book/when';
import type { Names } from '../useNames';
import { openingsQuery } from '../waitlist/api';
import { Countdown } from '../waitlist/Countdown';
import { useActs, useMayGive } from '../waitlist/useActs';
import classes from './Today.module.css';
import { Worklist } from './Worklist';

type Props = { locationId: string; names: Names };

/** Time that was given back and somebody waits for: offer it, or book it for whoever comes first. */
export function Openings({ locationId, names }: Props) {
  const { t, lang } = useLang();
  const openings = useQuery(openingsQuery(locationId));
  const acts = useActs();
  const mayGive = useMayGive();
  return (
    <Worklist
      title={t('waitlist.today.title')}
      rows={openings.data}
      error={openings.error}
      retry={() => void openings.refetch()}
      keyOf={(opening) => opening.id}
      done={t('waitlist.today.done')}
      foot={
        openings.data?.length ? (
          <div className={classes.all}>
            <Button variant="subtle" size="compact-sm" renderRoot={(props) => <Link {...props} to="/waitlist" />}>
              {t('scheduling.today.wholeList')}
            </Button>
          </div>
        ) : null
      }
    >
      {(opening) => {
        const first = opening.matches[0];
        const asked = opening.offers.filter(({ status }) => status === 'sent');
        const name = first ? namesOf(first.patient, lang).name : '';
        const may = mayGive(opening);
        return (
          <>
            <Link to="/waitlist" data-row={opening.id} className={classes.who}>
              <b className="tnum">{whenText(lang, opening.timeZone, opening.start)}</b>
              <span>
                <bdi>{names.personName(opening.providerId)}</bdi>
                {' · '}
                {asked.length ? t('waitlist.today.asked', { count: asked.length }) : first ? <bdi>{t('waitlist.today.first', { name })}</bdi> : t('waitlist.today.nobody')}
              </span>
            </Link>
            <Countdown opening={opening} />
            {may && !asked.length && first?.mayBeOffered ? (
              <Button size="compact-sm" variant="default" disabled={acts.busy} aria-label={t('waitlist.opening.offerOne', { name })} onClick={() => void acts.offerTo(opening, first, name)}>
                {t('waitlist.opening.offer')}
              </Button>
            ) : null}
            {may && first ? (
              <Button size="compact-sm" variant="light" disabled={acts.busy} aria-label={t('waitlist.opening.bookFor', { name })} onClick={() => void acts.book(opening, first.wishId, name)}>
                {t('scheduling.book.go')}
              </Button>
            ) : null}
          </>
        );
      }}
    </Worklist>
  );
}
