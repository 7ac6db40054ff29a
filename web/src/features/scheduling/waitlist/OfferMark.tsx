import { useLang } from '@/shared/i18n';
import type { OfferStatus } from './api';
import classes from './Waitlist.module.css';

/** Where an offer stands: a dot and a word, never colour alone. */
export function OfferMark({ status }: { status: OfferStatus }) {
  const { t } = useLang();
  return (
    <span className={classes.mark} data-offer={status}>
      <span className={classes.dot} aria-hidden />
      {t(`waitlist.offer.is.${status}`)}
    </span>
  );
}
