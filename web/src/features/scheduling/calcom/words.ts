import { type Lookup, type T, useLang } from '@/shared/i18n';
import type { Booking } from './api';

/** Why a booking needs attention; a newer server may have reasons that this page has no words for. */
export const reasonText = ({ t, lookup }: { t: T; lookup: Lookup }, reason: string | null) =>
  (reason ? lookup(`scheduling.calcom.reason.${reason}`) : undefined) ?? t('scheduling.calcom.reason.other');

/** Whether it is our own calendar that is against it. */
export const isAgainstOurs = (booking: Pick<Booking, 'reason'>) => !!booking.reason?.endsWith('_here');

export function useReason() {
  const words = useLang();
  return (booking: Pick<Booking, 'reason'>) => reasonText(words, booking.reason);
}
