import { hasCode } from '@/shared/api/problem';
import { useCan, useSession } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { useErrorText } from '@/shared/i18n/errors';
import { toast } from '@/shared/ui/toast';
import { type Match, type Opening, useBookOpening, useCloseOpening, useOffer } from './api';

/** Who may give this time: everybody's, or one's own. */
export function useMayGive() {
  const can = useCan();
  const { user } = useSession();
  return (opening: Pick<Opening, 'providerId'>) => can('appointments.write') || (can('appointments.write_own') && opening.providerId === user.id);
}

/** What is done with an opening, and what is said of it. */
export function useActs() {
  const { t } = useLang();
  const textOf = useErrorText();
  const [offer, book, close] = [useOffer(), useBookOpening(), useCloseOpening()];
  // what somebody else did meanwhile is on its way by itself
  const refused = (error: unknown) => toast.failed(hasCode(error, 'version.stale') ? t('waitlist.opening.stale') : textOf(error));
  return {
    busy: offer.isPending || book.isPending || close.isPending,
    offerTo: (opening: Opening, match: Match, name: string) =>
      offer.mutateAsync({ id: opening.id, wishIds: [match.wishId] }).then(() => toast.done(t('waitlist.opening.offeredTo', { name })), refused),
    offerWave: (opening: Opening) => offer.mutateAsync({ id: opening.id }).then((now) => toast.done(t('waitlist.opening.offeredWave', { count: now.offers.filter(({ wave }) => wave === now.wave).length })), refused),
    book: (opening: Opening, wishId: string, name: string) => book.mutateAsync({ id: opening.id, wishId }).then(() => toast.done(t('waitlist.opening.booked', { name })), refused),
    stop: (opening: Opening) => close.mutateAsync({ id: opening.id, version: opening.version }).then(() => toast.done(t('waitlist.opening.stopped')), refused),
  };
}
