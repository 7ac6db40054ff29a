import { expect, it } from 'vitest';
import { changedFields, differing, mergeDraft, orNull } from './merge';

it('merges a newer state: theirs where they changed it, mine where only I did, and says what I lose', () => {
  const base = { name: 'a', price: '150.00', duration: '30', colour: 'teal', places: ['x'] };
  const mine = { ...base, name: 'b', price: '190.00', colour: 'blue', places: ['x', 'y'] };
  const theirs = { ...base, duration: '40', price: '200.00', colour: 'blue', places: ['z'] };
  const result = mergeDraft(base, mine, theirs);
  expect(result.merged).toEqual({ name: 'b', duration: '40', price: '200.00', colour: 'blue', places: ['z'] });
  expect(result.mine).toEqual({ price: '190.00', places: ['x', 'y'] });
});

it('compares by content, and takes missing for null', () => {
  expect(changedFields({ a: ['x'], b: 1 }, { a: ['x'], b: 2 })).toEqual(['b']);
  expect(differing({ a: null, b: { c: 1 }, d: 2 }, { b: { c: 1 }, d: 3 })).toEqual({ d: 2 });
  expect([orNull(' '), orNull(' x ')]).toEqual([null, 'x']);
});
