import { expect, it } from 'vitest';
import { DAY, parseTime, showTime } from './time';

it.each([
  ['9', 540],
  ['09', 540],
  ['0', 0],
  ['24', DAY],
  ['24:00', DAY],
  ['930', 570],
  ['0930', 570],
  ['9:30', 570],
  ['9.30', 570],
  ['9h30', 570],
  ['9 30', 570],
  [' 21:15 ', 1275],
  ['9am', 540],
  ['9 pm', 1260],
  ['12 am', 0],
  ['12:30 pm', 750],
  ['9:30 p.m.', 1290],
  ['٩:٣٠', 570],
  ['٩:٣٠ م', 1290],
  ['٨ صباحًا', 480],
])('%s is minute %d', (text, minute) => expect(parseTime(text)).toBe(minute));

it.each(['', 'soon', '25', '24:01', '9:60', '13 pm', '0 am', '9 xm', '12345', '-1', '9:5'])('%s is no time', (text) =>
  expect(parseTime(text)).toBeUndefined(),
);

it('reads back what it shows, for every minute of the day', () => {
  for (let minute = 0; minute <= DAY; minute++) expect(parseTime(showTime(minute))).toBe(minute);
});
