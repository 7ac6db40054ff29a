import { useSession } from '@/shared/auth/session';
import { daysBetween } from '@/shared/days';
import { useLang } from '@/shared/i18n';
import { formatDay, formatTime, todayIn } from '@/shared/i18n/format';
import type { Task } from './api';

const NEAR = { '-1': 'tasks.due.yesterday', '0': 'tasks.due.today', '1': 'tasks.due.tomorrow' } as const;

/** Until when something is to be done, in words of the day. */
export function useDueText() {
  const { t, lang } = useLang();
  const { timeZone } = useSession().practice;
  const today = todayIn(timeZone, new Date());
  return {
    today,
    dueText({ dueOn, dueTime, overdue }: Pick<Task, 'dueOn' | 'dueTime' | 'overdue'>): string | undefined {
      if (!dueOn) return undefined;
      const near = NEAR[String(daysBetween(today, dueOn)) as keyof typeof NEAR];
      const day = near ? t(near) : formatDay(lang, dueOn);
      // the time of a day, said as the language says it
      const time = dueTime && formatTime(lang, 'UTC', `${dueOn}T${dueTime}:00Z`);
      const when = time ? t('tasks.due.at', { day, time }) : day;
      return overdue ? t('tasks.due.late', { when }) : when;
    },
  };
}
