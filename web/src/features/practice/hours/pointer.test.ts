import { expect, it } from 'vitest';
import { arrow, locate } from './pointer';

const columns = (rtl: boolean) => {
  const boxes = Array.from({ length: 7 }, (_, n) => ({ left: 100 + n * 100, top: 50, width: 100, height: 1440 }));
  // the browser puts the first child of a right-to-left page on the right
  return rtl ? boxes.reverse() : boxes;
};
const rows = Array.from({ length: 7 }, (_, n) => ({ left: 20, top: 100 + n * 60, width: 288, height: 40 }));

it('finds day and minute in columns', () => {
  expect(locate({ x: 150, y: 50 + 540 }, columns(false), 'columns', false)).toEqual({ track: 0, minute: 540 });
  expect(locate({ x: 150, y: 50 + 540 }, columns(true), 'columns', true)).toEqual({ track: 6, minute: 540 });
  expect(locate({ x: 0, y: 0 }, columns(false), 'columns', false)).toEqual({ track: 0, minute: 0 });
  expect(locate({ x: 5000, y: 5000 }, columns(false), 'columns', false)).toEqual({ track: 6, minute: 1440 });
});

it('turns time round in rows from right to left', () => {
  expect(locate({ x: 20 + 72, y: 110 }, rows, 'rows', false)).toEqual({ track: 0, minute: 360 });
  expect(locate({ x: 20 + 72, y: 110 }, rows, 'rows', true)).toEqual({ track: 0, minute: 1080 });
  expect(locate({ x: 20, y: 110 }, rows, 'rows', true).minute).toBe(1440);
});

it('takes the nearest row between two', () => {
  expect(locate({ x: 20, y: 145 }, rows, 'rows', false).track).toBe(0);
  expect(locate({ x: 20, y: 155 }, rows, 'rows', false).track).toBe(1);
});

it('reads arrows by what they do on screen', () => {
  expect(arrow('ArrowDown', 'columns', false)).toEqual({ along: 1, across: 0 });
  expect(arrow('ArrowRight', 'columns', false)).toEqual({ along: 0, across: 1 });
  expect(arrow('ArrowRight', 'columns', true)).toEqual({ along: 0, across: -1 });
  expect(arrow('ArrowLeft', 'rows', true)).toEqual({ along: 1, across: 0 });
  expect(arrow('ArrowUp', 'rows', false)).toEqual({ along: 0, across: -1 });
  expect(arrow('Enter', 'rows', false)).toBeUndefined();
});
