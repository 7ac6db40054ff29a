import { expect, it } from 'vitest';
import type { Definition } from './definition';
import { beside, type Box, CARD, GAP_X, GAP_Y, layout, rounded } from './layout';
import { action, sample } from './samples.fixture';
import { places, readingOrder } from './tree';

const boxOf = (boxes: Box[], key: string) => boxes.find((box) => box.key === key)!;
const centre = (box: Box) => box.x + box.w / 2;
const apart = (a: Box, b: Box) => a.x + a.w <= b.x || b.x + b.w <= a.x || a.y + a.h <= b.y || b.y + b.h <= a.y;

it('shows everything once, and nothing lies on anything else', () => {
  const { boxes } = layout(sample);
  expect(boxes.map((box) => box.key).sort()).toEqual([...readingOrder(sample)].sort());
  for (const [n, a] of boxes.entries()) for (const b of boxes.slice(n + 1)) expect(apart(a, b), `${a.key} and ${b.key}`).toBe(true);
});

it('keeps the main line straight, whatever stands beside it', () => {
  const { boxes, end } = layout(sample);
  for (const key of ['trigger', 'a', 'b', 'w']) expect(centre(boxOf(boxes, key))).toBe(0);
  expect(end).toMatchObject({ x: 0 });
  const y = (key: string) => boxOf(boxes, key).y;
  expect(y('trigger')).toBeLessThan(y('a'));
  expect(y('w')).toBeGreaterThan(Math.max(y('d'), y('e')) + CARD.h);
});

it('puts the lanes of a branch side by side, in their order and around its middle', () => {
  const { boxes } = layout(sample);
  const [p, q, rest] = ['b/p', 'b/q', 'b/'].map((key) => boxOf(boxes, key)) as [Box, Box, Box];
  expect(p.y).toBe(q.y);
  expect(q.y).toBe(rest.y);
  expect(centre(q) - centre(p)).toBeGreaterThanOrEqual(CARD.w + GAP_X);
  expect(centre(rest) - centre(q)).toBeGreaterThanOrEqual(CARD.w + GAP_X);
  expect(centre(boxOf(boxes, 'c'))).toBe(centre(p));
  const left = Math.min(...boxes.map((box) => (box.kind === 'trigger' ? 0 : box.x)));
  expect(left).toBeLessThan(0);
});

it('frames a loop around all that it repeats, and lets nothing else in', () => {
  const { boxes, frames } = layout(sample);
  const frame = frames[0]!;
  const inside = boxes.filter((box) => box.x >= frame.x && box.x + box.w <= frame.x + frame.w && box.y >= frame.y && box.y + box.h <= frame.y + frame.h);
  expect(inside.map((box) => box.key)).toEqual(['l', 'l/', 'e']);
  const touched = boxes.filter((box) => !apart(box, { ...frame, kind: 'trigger' }));
  expect(touched).toEqual(inside);
  // as much room below what is added last as above its head
  expect(frame.y + frame.h - (boxOf(boxes, 'e').y + CARD.h)).toBeGreaterThan(boxOf(boxes, 'l').y - frame.y + GAP_Y - 1);
});

it('offers a place to add wherever a step may stand, and no other', () => {
  expect(layout(sample).slots.map((slot) => slot.place)).toEqual(places(sample.steps));
  const stopped: Definition = { trigger: null, steps: [action('a'), { kind: 'stop', id: 's', name: null, outcome: 'done', message: null }] };
  expect(layout(stopped).slots.map((slot) => slot.place)).toEqual(places(stopped.steps));
  expect(layout(stopped).end).toBeNull();
});

it('ends where every path stops', () => {
  const stop = (id: string) => ({ kind: 'stop' as const, id, name: null, outcome: 'done' as const, message: null });
  const both: Definition = { trigger: null, steps: [{ kind: 'branch', id: 'b', name: null, paths: [{ id: 'p', name: null, condition: null, steps: [stop('x')] }], otherwise: [stop('y')] }] };
  expect(layout(both).end).toBeNull();
});

it('rounds the corners of lines', () => {
  expect(rounded([[0, 0], [0, 40], [60, 40]], 10)).toBe('M0 0L0 30Q0 40 10 40L60 40');
  expect(rounded([[0, 0], [0, 20], [0, 20], [0, 40]], 10)).not.toContain('NaN');
});

it('finds the way to the side', () => {
  const { boxes } = layout(sample);
  expect(beside(boxes, 'b/p', 1)).toBe('b/q');
  expect(beside(boxes, 'b/q', -1)).toBe('b/p');
  expect(beside(boxes, 'b/', 1)).toBeUndefined();
});
