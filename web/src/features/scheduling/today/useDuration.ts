import { useLang } from '@/shared/i18n';

const HOUR = 60;

/** Minutes as hours and minutes: `1 h 30 min`. */
export function useDuration() {
  const { t } = useLang();
  return (total: number) => {
    const [hours, minutes] = [Math.floor(total / HOUR), total % HOUR];
    if (!hours) return t('unit.m', { minutes });
    return minutes ? t('unit.hm', { hours, minutes }) : t('unit.h', { hours });
  };
}
