import { expect, it } from 'vitest';
import { holesIn, minutesIn, without } from './holes';

const at = (time: string) => `2026-11-22T${time}:00Z`;
const ms = (time: string) => Date.parse(at(time));
const hours = (providerId: string, ...open: [string, string][]) => ({ providerId, open: open.map(([start, end]) => ({ start: at(start), end: at(end) })) });
const visit = (providerId: string, start: string, end: string, status: 'scheduled' | 'cancelled' | 'no_show' | 'completed' = 'scheduled') => ({ providerIds: [providerId], roomIds: [] as string[], start: at(start), end: at(end), status });
const said = (holes: ReturnType<typeof holesIn>) => holes.map(({ providerId, start, end }) => `${providerId} ${new Date(start).toISOString().slice(11, 16)}-${new Date(end).toISOString().slice(11, 16)}`);

it('cuts what is taken out of what is open', () => {
  expect(without([{ start: 0, end: 10 }], [{ start: 3, end: 5 }])).toEqual([
    { start: 0, end: 3 },
    { start: 5, end: 10 },
  ]);
  expect(without([{ start: 0, end: 10 }], [{ start: -5, end: 12 }])).toEqual([]);
  expect(without([{ start: 0, end: 10 }], [{ start: 10, end: 12 }, { start: 8, end: 10 }])).toEqual([{ start: 0, end: 8 }]);
});

it('finds half an hour and more between visits, for each who works', () => {
  const open = [hours('a', ['06:00', '10:00'], ['13:00', '14:00']), hours('b', ['06:00', '08:00'])];
  const visits = [visit('a', '06:00', '07:00'), visit('a', '07:20', '09:00'), visit('a', '13:00', '13:45'), visit('b', '06:30', '08:00')];
  expect(said(holesIn(open, visits, [], ms('05:00')))).toEqual(['b 06:00-06:30', 'a 09:00-10:00']);
});

it('leaves out what is past, and begins at the next five minutes', () => {
  const open = [hours('a', ['06:00', '10:00'])];
  expect(said(holesIn(open, [], [], ms('08:02')))).toEqual(['a 08:05-10:00']);
  expect(holesIn(open, [], [], ms('09:31'))).toEqual([]);
  expect(holesIn(open, [], [], ms('12:00'))).toEqual([]);
});

it('gives the time of those who do not come to others', () => {
  const open = [hours('a', ['06:00', '07:00'])];
  expect(holesIn(open, [visit('a', '06:00', '07:00', 'completed')], [], ms('05:00'))).toEqual([]);
  const holes = holesIn(open, [visit('a', '06:00', '06:30', 'cancelled'), visit('a', '06:30', '07:00', 'no_show')], [], ms('05:00'));
  expect(said(holes)).toEqual(['a 06:00-07:00']);
  expect(minutesIn(holes)).toBe(60);
});

it('offers no time in which every chair is taken', () => {
  const open = [hours('a', ['06:00', '10:00'])];
  const inRoom = (room: string, start: string, end: string) => ({ ...visit('b', start, end), roomIds: [room] });
  const visits = [inRoom('1', '06:00', '08:00'), inRoom('2', '07:00', '09:00')];
  expect(said(holesIn(open, visits, ['1', '2'], ms('05:00')))).toEqual(['a 06:00-07:00', 'a 08:00-10:00']);
  expect(said(holesIn(open, visits, ['1', '2', '3'], ms('05:00')))).toEqual(['a 06:00-10:00']);
  expect(said(holesIn(open, visits, [], ms('05:00')))).toEqual(['a 06:00-10:00']);
});
