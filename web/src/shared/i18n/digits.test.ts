import { expect, it } from 'vitest';
import { digitsOf, wholeOf } from './digits';

it('reads the digits of Arabic and Persian keyboards', () => {
  expect(['١٩٩٠', '۱۷ / 5', '12.5', 'none'].map(digitsOf)).toEqual(['1990', '175', '125', '']);
});

it('reads whole numbers in either digits', () => {
  expect(['12', ' ٣٠ ', '1.5', '-1', '', 'x'].map(wholeOf)).toEqual([12, 30, undefined, undefined, undefined, undefined]);
});
