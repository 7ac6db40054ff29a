import type { Lang } from '@/shared/i18n';
import { weekdayName } from '@/shared/i18n/format';
import { DAY, showTime } from './time';
import { dayAfter, firstWeekday, type Interval, interval, weekFrom, type Weekday } from './week';

export type Preset = { key: string; days: Weekday[]; spans: [number, number][] };
type WithWeek = Intl.Locale & { getWeekInfo?: () => { weekend: number[] }; weekInfo?: { weekend: number[] } };

const h = (hour: number) => hour * 60;

/** Friday and Saturday in Saudi Arabia; Saturday and Sunday where the browser does not know. */
function weekend(country: string): number[] {
  if (country === 'SA') return [5, 6];
  try {
    const locale = new Intl.Locale('und', { region: country }) as WithWeek;
    return (locale.getWeekInfo?.() ?? locale.weekInfo)?.weekend ?? [6, 7];
  } catch {
    return [6, 7];
  }
}

/** Weeks that practices usually keep, to begin from. */
export function presets(country: string): Preset[] {
  const off = weekend(country);
  // from the first working day on, so that the days stand in a row
  const first = ([...weekFrom(firstWeekday(country))] as Weekday[]).find((day) => !off.includes(day) && off.includes(dayAfter(day, -1))) ?? 1;
  const days = weekFrom(first).filter((day) => !off.includes(day));
  // the day off that stands beside the working days is worked by many
  const six = [...(country === 'SA' ? [dayAfter(first, -1)] : []), ...days, ...(country === 'SA' ? [] : [dayAfter(days.at(-1)!)])];
  return [
    { key: 'split', days, spans: [[h(9), h(12)], [h(16), h(21)]] },
    { key: 'day', days, spans: [[h(9), h(17)]] },
    { key: 'long', days: six, spans: [[h(9), h(21)]] },
    { key: 'always', days: weekFrom(first), spans: [[0, DAY]] },
  ];
}

export const applied = ({ days, spans }: Preset): Interval[] => days.flatMap((day) => spans.map(([from, to]) => interval(day, from, to)));

/** `Sun – Thu`, and the times on their own, since they keep their direction. */
export const presetText = (lang: Lang, { days, spans }: Preset) => ({
  days: `${weekdayName(lang, days[0]!, 'short')} – ${weekdayName(lang, days.at(-1)!, 'short')}`,
  times: spans.map(([from, to]) => `${showTime(from)}–${showTime(to)}`).join(', '),
});
