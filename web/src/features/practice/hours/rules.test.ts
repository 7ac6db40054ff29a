import { expect, it } from 'vitest';
import { moved } from './keys';
import { mergeWeek } from './merge';
import { applied, presets, presetText } from './presets';
import { problemsByInterval } from './problems';
import { validateHoursSearch } from './search';
import { interval, toWire, weekFrom } from './week';

const h = (hours: number) => hours * 60;
const press = (key: string, more: object = {}) => ({ key, shiftKey: false, altKey: false, ctrlKey: false, metaKey: false, ...more });
const shown = (all: Parameters<typeof toWire>[0] | undefined) =>
  all && toWire(all).week.flatMap(({ weekday, intervals }) => intervals.map((i) => `${weekday} ${i.from}-${i.to}`));

it('arrows hop over neighbours and full days, in the direction of the page', () => {
  const own = interval(1, h(9), h(12));
  const all = [own, interval(1, h(12), h(16)), interval(2, 0, h(24))];
  const ltr = { days: weekFrom(7), axis: 'columns', rtl: false } as const;
  expect(shown(moved(all, own, press('ArrowDown'), ltr))).toContain('1 16:00-19:00');
  expect(shown(moved(all, own, press('ArrowRight'), ltr))).toContain('3 09:00-12:00');
  expect(shown(moved(all, own, press('ArrowRight'), { ...ltr, rtl: true }))).toContain('7 09:00-12:00');
  expect(shown(moved(all, own, press('ArrowDown', { shiftKey: true }), ltr))).toContain('1 09:00-12:00');
  expect(moved(all, own, press('ArrowDown', { ctrlKey: true }), ltr)).toBeUndefined();
  expect(moved(all, own, press('x'), ltr)).toBeUndefined();
});

it('merges somebody else’s week day by day', () => {
  const base = [interval(1, h(9), h(12)), interval(2, h(9), h(12)), interval(3, h(9), h(12))];
  const mine = [interval(1, h(8), h(12)), interval(2, h(8), h(12)), interval(3, h(9), h(12))];
  const theirs = [interval(1, h(9), h(12)), interval(2, h(10), h(12)), interval(3, h(10), h(12))];
  const { merged, mine: lost } = mergeWeek(base, mine, theirs);
  expect(shown(merged)).toEqual(['1 08:00-12:00', '2 10:00-12:00', '3 10:00-12:00']);
  expect([...lost.keys()]).toEqual([2]);
  expect(shown(lost.get(2))).toEqual(['2 08:00-12:00']);
});

it('knows the usual weeks of a country', () => {
  const [split, day, long] = presets('SA');
  expect(split!.days).toEqual([7, 1, 2, 3, 4]);
  expect(long!.days).toEqual([6, 7, 1, 2, 3, 4]);
  expect(presetText('en', split!)).toEqual({ days: 'Sun – Thu', times: '09:00–12:00, 16:00–21:00' });
  expect(shown(applied(day!))).toEqual(['1 09:00-17:00', '2 09:00-17:00', '3 09:00-17:00', '4 09:00-17:00', '7 09:00-17:00']);
  expect(presets('GB')[0]!.days).toEqual([1, 2, 3, 4, 5]);
  expect(presets('GB')[2]!.days).toEqual([1, 2, 3, 4, 5, 6]);
});

it('leads the server’s issues to their intervals', () => {
  const issue = (pointer: string) => ({ pointer, code: 'invalid', message: pointer });
  const { byId, rest } = problemsByInterval(
    [issue('/week/0/intervals/1/to'), issue('/week/0/intervals/1/from'), issue('/week/6/intervals/0'), issue('/owner'), issue('/week/3/intervals/9')],
    [['a', 'b'], [], [], [], [], [], ['c']],
    (i) => i.message,
  );
  expect([...byId]).toEqual([['b', '/week/0/intervals/1/to'], ['c', '/week/6/intervals/0']]);
  expect(rest).toBe(2);
});

it('takes only owners into the address', () => {
  const id = '00000000-0000-7000-8000-0000000000a1';
  expect(validateHoursSearch({ owner: `provider:${id}` })).toEqual({ owner: `provider:${id}` });
  expect(validateHoursSearch({ owner: 'practice' })).toEqual({});
  expect(validateHoursSearch({ owner: 'nobody:1', x: 1 })).toEqual({});
});
