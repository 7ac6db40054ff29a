import { expect, it } from 'vitest';
import { placeAt, reordered } from './useReorder';

it('puts one in another place, and stays within the list', () => {
  expect(reordered(['a', 'b', 'c'], 'a', 1)).toEqual(['b', 'a', 'c']);
  expect(reordered(['a', 'b', 'c'], 'c', 0)).toEqual(['c', 'a', 'b']);
  expect(reordered(['a', 'b', 'c'], 'a', 9)).toEqual(['b', 'c', 'a']);
  expect(reordered(['a', 'b', 'c'], 'b', -3)).toEqual(['b', 'a', 'c']);
});

it('finds the place under a pointer', () => {
  expect([0, 15, 25, 99].map((y) => placeAt(y, [10, 20, 30]))).toEqual([0, 1, 2, 2]);
});
