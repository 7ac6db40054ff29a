import { useSession } from '@/shared/auth/session';
import { daysBetween } from '@/shared/days';
import { useLang } from '@/shared/i18n';
import { todayIn } from '@/shared/i18n/format';
import type { Recall } from './api';

/** How long a recall has been due, or is yet to be, in words. */
export function useDue() {
  const { t } = useLang();
  const { timeZone } = useSession().practice;
  const today = todayIn(timeZone, new Date());
  const late = (recall: Pick<Recall, 'nextOn'>) => daysBetween(recall.nextOn, today);
  return {
    today,
    isOverdue: (recall: Pick<Recall, 'nextOn'>) => late(recall) > 0,
    dueText(recall: Pick<Recall, 'nextOn'>) {
      const days = late(recall);
      if (!days) return t('recalls.today');
      return days > 0 ? t('recalls.overdue', { count: days }) : t('recalls.in', { count: -days });
    },
  };
}
