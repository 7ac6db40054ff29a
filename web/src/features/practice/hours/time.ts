import { latinDigits } from '@/shared/i18n/digits';

export const DAY = 24 * 60;

/** Minutes after midnight as `09:05`; the end of a day is `24:00`. */
export const showTime = (minute: number) => `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;

const HALVES: Record<string, 'am' | 'pm'> = { am: 'am', a: 'am', pm: 'pm', p: 'pm', ص: 'am', م: 'pm', صباحا: 'am', مساء: 'pm' };

/**
 * A time as people type it, in minutes after midnight: `9`, `930`, `9:30`, `09.30`, `9 pm`, `٩:٣٠ م`.
 * 24:00 is allowed, since a day may end there. Undefined when it is no time.
 */
export function parseTime(text: string): number | undefined {
  const plain = latinDigits(text).trim().toLowerCase().replace(/\./g, ':');
  const match = /^(\d{1,2})(?:[:h\s]?(\d{2}))?:?\s*([a-z:]+|[\u0621-\u064b]+)?$/.exec(plain) ?? /^(\d{3})()$/.exec(plain);
  if (!match) return undefined;
  const [whole, first = '', second, suffix] = match;
  const half = suffix ? HALVES[suffix.replace(/:/g, '').replace(/\u064b/g, '')] : undefined;
  if (suffix && !half) return undefined;
  // three digits are an hour of one digit and the minutes: 930
  const three = /^(\d)(\d{2})$/.exec(whole);
  let hours = Number(three ? three[1] : first);
  const minutes = Number(three ? three[2] : (second ?? 0));
  if (half) {
    if (hours < 1 || hours > 12) return undefined;
    hours = (hours % 12) + (half === 'pm' ? 12 : 0);
  }
  const total = hours * 60 + minutes;
  return minutes < 60 && total <= DAY ? total : undefined;
}
