import type { T } from '@/shared/i18n';

const HOUR = 60;
export const idleChoices = [0, 5, 10, 15, 20, 30, HOUR, 2 * HOUR, 4 * HOUR, 8 * HOUR];
export const inviteChoices = [24, 48, 72, 7 * 24, 14 * 24, 30 * 24];

/** A value that was set by other means stands among the usual ones, in its place. */
export const including = (choices: number[], value: number) => [...new Set([...choices, value])].sort((a, b) => a - b);

export function sayMinutes(t: T, minutes: number): string {
  if (minutes === 0) return t('security.never');
  return minutes % HOUR === 0 ? t('unit.hours', { count: minutes / HOUR }) : t('unit.minutes', { count: minutes });
}

export const sayHours = (t: T, hours: number): string =>
  hours % 24 === 0 && hours > 48 ? t('unit.days', { count: hours / 24 }) : t('unit.hours', { count: hours });
