import { expect, it } from 'vitest';
import { stepTo } from './step';

const ids = ['a', 'b', 'c'];

it('goes on and back, and stays within the list', () => {
  expect(stepTo(ids, 'a', 0, 1)).toBe('b');
  expect(stepTo(ids, 'c', 2, -1)).toBe('b');
  expect(stepTo(ids, 'c', 2, 1)).toBeUndefined();
  expect(stepTo(ids, 'a', 0, -1)).toBeUndefined();
  expect(stepTo(ids, undefined, 0, 1)).toBe('a');
  expect(stepTo(ids, undefined, 0, -1)).toBe('c');
});

it('goes on from where the one stood that was dealt with', () => {
  // b was between a and c, and is gone
  expect(stepTo(['a', 'c'], 'b', 1, 1)).toBe('c');
  expect(stepTo(['a', 'c'], 'b', 1, -1)).toBe('a');
  // the last one is gone
  expect(stepTo(['a', 'b'], 'c', 2, 1)).toBe('b');
  expect(stepTo([], 'a', 0, 1)).toBeUndefined();
  expect(stepTo([], 'a', 0, -1)).toBeUndefined();
});
