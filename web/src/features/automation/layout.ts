import type { Definition, Path, Step } from './definition';
import { type Key, type Lane, laneKey, lanesOf, type Place, ROOT, TRIGGER } from './tree';

/** A card, and the label of a lane. All lengths are pixels at full size. */
export const CARD = { w: 264, h: 72 };
export const LABEL = { w: 216, h: 34 };
/** Between cards that follow each other; a button to add something fits. */
export const GAP_Y = 48;
export const GAP_X = 36;
/** How far below a branch its lines part, and below its lanes they meet. */
const BEND = 22;
/** Of the frame of a loop around what is in it. */
const PAD = 20;
const RADIUS = 10;

export type Box = { key: Key; x: number; y: number; w: number; h: number } & ({ kind: 'trigger' } | { kind: 'step'; step: Step } | { kind: 'lane'; of: Step; path: Path | null });
export type Frame = { key: Key; x: number; y: number; w: number; h: number };
/** `lit`: what must have been passed for the line to have been. */
export type Line = { d: string; lit: Key };
export type Slot = { place: Place; x: number; y: number };
export type Layout = { boxes: Box[]; frames: Frame[]; lines: Line[]; slots: Slot[]; end: { x: number; y: number } | null };

type Point = readonly [x: number, y: number];

/** A line with rounded corners through points that lie beside or below each other. */
export function rounded(points: readonly Point[], radius = RADIUS): string {
  const parts = points.map(([x, y], n) => {
    if (n === 0) return `M${x} ${y}`;
    const after = points[n + 1];
    if (!after) return `L${x} ${y}`;
    const [px, py] = points[n - 1]!;
    const [into, out] = [Math.hypot(x - px, y - py), Math.hypot(after[0] - x, after[1] - y)];
    const r = Math.min(radius, into / 2, out / 2);
    const towards = ([tx, ty]: Point, length: number): Point => (length ? [x + ((tx - x) * r) / length, y + ((ty - y) * r) / length] : [x, y]);
    const [ax, ay] = towards([px, py], into);
    const [bx, by] = towards(after, out);
    return `L${ax} ${ay}Q${x} ${y} ${bx} ${by}`;
  });
  return parts.join('');
}

const total = (lengths: number[]) => lengths.reduce((sum, one) => sum + one, 0) + GAP_X * (lengths.length - 1);

/** How wide a list of steps is, one below the other. */
const widthOf = (steps: readonly Step[]): number => Math.max(CARD.w, ...steps.map(stepWidth));
function stepWidth(step: Step): number {
  if (step.kind === 'branch') return total(lanesOf(step).map((lane) => widthOf(lane.steps)));
  return step.kind === 'loop' ? widthOf(step.steps) + 2 * PAD : CARD.w;
}

/** Where the line stands after something, whether it goes on from there, and where the last stretch of it begins. */
type Run = { y: number; open: boolean; last: Key; from: number };

/**
 * Top down, the main line at x = 0: what is added anywhere moves only what lies below it or beside it. Branches stand
 * side by side and meet again, loops are frames around what they repeat.
 */
export function layout(definition: Definition): Layout {
  const out: Layout = { boxes: [], frames: [], lines: [], slots: [], end: null };
  const line = (lit: Key, ...points: Point[]) => void out.lines.push({ d: rounded(points), lit });

  const list = (steps: readonly Step[], lane: Lane, x: number, from: Run): Run => {
    let now = from;
    steps.forEach((step, index) => {
      // a frame reaches above its card
      const next = now.y + GAP_Y + (step.kind === 'loop' ? PAD : 0);
      if (now.open) {
        out.slots.push({ place: { ...lane, index }, x, y: now.y + GAP_Y / 2 });
        line(step.id, [x, now.from], [x, next]);
      }
      now = one(step, x, next);
    });
    if (!now.open) return now;
    out.slots.push({ place: { ...lane, index: steps.length }, x, y: now.y + GAP_Y / 2 });
    return { ...now, y: now.y + GAP_Y };
  };

  const one = (step: Step, x: number, y: number): Run => {
    out.boxes.push({ kind: 'step', key: step.id, step, x: x - CARD.w / 2, y, ...CARD });
    if (step.kind === 'branch') return branch(step, x, y + CARD.h);
    if (step.kind === 'loop') return loop(step, x, y);
    return { y: y + CARD.h, open: step.kind !== 'stop', last: step.id, from: y + CARD.h };
  };

  const label = (step: Step, lane: Lane, path: Path | null, x: number, y: number): Run => {
    const key = laneKey(lane);
    out.boxes.push({ kind: 'lane', key, of: step, path, x: x - LABEL.w / 2, y, ...LABEL });
    return { y: y + LABEL.h, open: true, last: key, from: y + LABEL.h };
  };

  const branch = (step: Step, x: number, y: number): Run => {
    const lanes = lanesOf(step);
    const widths = lanes.map((lane) => widthOf(lane.steps));
    let left = x - total(widths) / 2;
    const ends = lanes.map(({ lane, path, steps }, n) => {
      const centre = left + widths[n]! / 2;
      left += widths[n]! + GAP_X;
      line(laneKey(lane), [x, y], [x, y + BEND], [centre, y + BEND], [centre, y + 2 * BEND]);
      return { centre, ...list(steps, lane, centre, label(step, lane, path, centre, y + 2 * BEND)) };
    });
    const bottom = Math.max(...ends.map((end) => end.y));
    const open = ends.filter((end) => end.open);
    for (const end of open) line(end.last, [end.centre, end.from], [end.centre, bottom], [x, bottom], [x, bottom + BEND]);
    const below = bottom + (open.length ? BEND : 0);
    return { y: below, open: open.length > 0, last: step.id, from: below };
  };

  const loop = (step: Step & { kind: 'loop' }, x: number, y: number): Run => {
    const lane = { of: step.id, path: null };
    const head = y + CARD.h;
    line(laneKey(lane), [x, head], [x, head + BEND]);
    const body = list(step.steps, lane, x, label(step, lane, null, x, head + BEND));
    const w = stepWidth(step);
    out.frames.push({ key: step.id, x: x - w / 2, y: y - PAD, w, h: body.y - y + 2 * PAD });
    if (body.open) line(body.last, [x, body.from], [x, body.y]);
    // around what is repeated again, or on with the rest
    const below = body.y + PAD;
    return { y: below, open: true, last: step.id, from: below };
  };

  out.boxes.push({ kind: 'trigger', key: TRIGGER, x: -CARD.w / 2, y: 0, ...CARD });
  const end = list(definition.steps, ROOT, 0, { y: CARD.h, open: true, last: TRIGGER, from: CARD.h });
  if (end.open) {
    line(end.last, [0, end.from], [0, end.y]);
    out.end = { x: 0, y: end.y };
  }
  return out;
}

/** The nearest box to the left or right of one, in about the same height. */
export function beside(boxes: readonly Box[], key: Key, direction: -1 | 1): Key | undefined {
  const me = boxes.find((box) => box.key === key);
  if (!me) return undefined;
  const middle = (box: Box): Point => [box.x + box.w / 2, box.y + box.h / 2];
  const [x, y] = middle(me);
  const ways = boxes.flatMap((box) => {
    const [bx, by] = middle(box);
    const [across, along] = [(bx - x) * direction, Math.abs(by - y)];
    return across > 1 ? [{ key: box.key, far: across + along * 4 }] : [];
  });
  return ways.sort((a, b) => a.far - b.far)[0]?.key;
}
