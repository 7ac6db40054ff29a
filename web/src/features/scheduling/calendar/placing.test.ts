import { expect, it } from 'vitest';
import type { Appointment } from '../api';
import { closedOn, columnsOf, hoursShown, moveOf, NOWHERE, replaced, resizeOf } from './placing';
import { backTo, moved } from '../moved';

const visit = {
  id: 'a',
  version: 3,
  timeZone: 'Asia/Riyadh',
  start: '2026-11-22T06:30:00Z',
  end: '2026-11-22T07:15:00Z',
  providerIds: ['sara', 'omar'],
  roomIds: ['one'],
  serviceId: 's',
  locationId: 'l',
  overbooking: null,
} as unknown as Appointment;

it('stands in the columns of everybody who takes part', () => {
  expect(columnsOf(visit, 'provider')).toEqual(['sara', 'omar']);
  expect(columnsOf({ ...visit, roomIds: [] }, 'room')).toEqual([NOWHERE]);
});

it('puts one in place of another, in the same place of the list', () => {
  expect(replaced(['a', 'b'], 'a', 'c')).toEqual(['c', 'b']);
  expect(replaced(['a', 'b'], 'a', 'b')).toEqual(['b']);
  expect(replaced([], NOWHERE, 'c')).toEqual(['c']);
  expect(replaced(['a'], 'a', NOWHERE)).toEqual([]);
});

it('asks for what changed by a drop, and for nothing else', () => {
  expect(moveOf(visit, 'provider', { from: undefined, to: undefined, seconds: 1800 })).toEqual({ version: 3, start: '2026-11-22T07:00:00.000Z' });
  expect(moveOf(visit, 'provider', { from: 'sara', to: 'mona', seconds: 0 })).toEqual({ version: 3, providerIds: ['mona', 'omar'] });
  expect(moveOf(visit, 'room', { from: 'one', to: 'two', seconds: -300 })).toEqual({ version: 3, start: '2026-11-22T06:25:00.000Z', roomIds: ['two'] });
  expect(moveOf(visit, 'provider', { from: 'sara', to: 'sara', seconds: 0 })).toBeUndefined();
});

it('moves by what the clock shows, over the night when clocks change', () => {
  // clocks in Berlin go forward on 29 March 2026
  const berlin = { ...visit, timeZone: 'Europe/Berlin', start: '2026-03-28T09:00:00Z', end: '2026-03-28T09:30:00Z' };
  expect(moveOf(berlin, 'day', { from: undefined, to: undefined, seconds: 86_400 })?.start).toBe('2026-03-29T08:00:00.000Z');
});

it('grows and shrinks, but never to nothing', () => {
  expect(resizeOf(visit, 900)).toEqual({ version: 3, durationMinutes: 60 });
  expect(resizeOf(visit, -2700)).toBeUndefined();
  expect(resizeOf(visit, 0)).toBeUndefined();
});

it('goes back to what it was, whatever happened', () => {
  const move = moveOf(visit, 'provider', { from: 'sara', to: 'mona', seconds: 3600 })!;
  const [now] = moved([visit], 'a', move);
  expect(now!.providerIds).toEqual(['mona', 'omar']);
  const [back] = moved([{ ...now!, version: 4 }], 'a', backTo(visit, { ...now!, version: 4 }));
  expect({ ...back, version: 3 }).toEqual({ ...visit, start: '2026-11-22T06:30:00.000Z', end: '2026-11-22T07:15:00.000Z' });
  expect(backTo({ ...visit, overbooking: 'Emergency' }, now!).overbooking).toBe('Emergency');
});

it('leaves other appointments alone', () => {
  const other = { ...visit, id: 'b' };
  expect(moved([visit, other], 'a', { version: 3, durationMinutes: 15 })[1]).toBe(other);
});

const day = '2026-11-22';
const at = (from: string, to: string, last = day) => ({ from: `${day}T${from}:00`, to: `${last}T${to}:00` });

it('reaches from the first whole hour to the last', () => {
  expect(hoursShown([])).toEqual(['08', '18']);
  expect(hoursShown([at('09:30', '13:00'), at('16:00', '20:15')])).toEqual(['09', '21']);
  expect(hoursShown([at('22:00', '00:00', '2026-11-23')])).toEqual(['22', '24']);
  expect(hoursShown([at('22:00', '02:00', '2026-11-23')])).toEqual(['00', '24']);
});

it('is closed whenever nobody works', () => {
  expect(closedOn(day, [at('16:00', '20:00'), at('09:00', '13:00'), at('12:00', '14:00')])).toEqual([at('00:00', '09:00'), at('14:00', '16:00'), at('20:00', '24:00')]);
  expect(closedOn(day, [])).toEqual([at('00:00', '24:00')]);
  expect(closedOn(day, [at('00:00', '00:00', '2026-11-23')])).toEqual([]);
});
