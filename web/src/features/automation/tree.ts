import type { Definition, Path, Step } from './definition';

/** What can be chosen in a workflow: `trigger`, the id of a step, or a lane within one: `branch1/path1`, `branch1/` for the rest, `loop1/`. */
export type Key = string;
export const TRIGGER: Key = 'trigger';

/** A list of steps: the workflow's own, or a lane of a branch or loop; `path` is null for what is done otherwise and for a loop. */
export type Lane = { of: string | null; path: string | null };
export const ROOT: Lane = { of: null, path: null };
/** Where a step stands, or would stand. */
export type Place = Lane & { index: number };

export const laneKey = ({ of, path }: Lane): Key => `${of ?? ''}/${path ?? ''}`;
export const isLane = (key: Key) => key.includes('/');
export function laneOf(key: Key): Lane {
  const [of, path] = key.split('/');
  return { of: of || null, path: path || null };
}

/** The lanes of a step, in their order, with what is in them. */
export function lanesOf(step: Step): { lane: Lane; path: Path | null; steps: Step[] }[] {
  if (step.kind === 'loop') return [{ lane: { of: step.id, path: null }, path: null, steps: step.steps }];
  if (step.kind !== 'branch') return [];
  return [
    ...step.paths.map((path) => ({ lane: { of: step.id, path: path.id }, path, steps: path.steps })),
    { lane: { of: step.id, path: null }, path: null, steps: step.otherwise },
  ];
}

/** All steps, as one reads them: each before what is in it. */
export function allSteps(steps: readonly Step[]): Step[] {
  return steps.flatMap((step) => [step, ...lanesOf(step).flatMap((lane) => allSteps(lane.steps))]);
}
export const findStep = (definition: Definition, id: string) => allSteps(definition.steps).find((step) => step.id === id);

export function findPath(definition: Definition, key: Key): Path | undefined {
  const { of, path } = laneOf(key);
  const step = of ? findStep(definition, of) : undefined;
  return step?.kind === 'branch' ? step.paths.find((one) => one.id === path) : undefined;
}

/** Which lanes of branches were gone through, of which steps are known only by their ids; an empty one leaves no trace. */
export function lanesTaken({ steps }: Definition, passed: readonly string[]): Key[] {
  const taken = (list: readonly Step[]): boolean => allSteps(list).some(({ id }) => passed.includes(id));
  return allSteps(steps).flatMap((step) => (step.kind === 'branch' ? lanesOf(step).flatMap((lane) => (taken(lane.steps) ? [laneKey(lane.lane)] : [])) : []));
}

/** Everything that can be chosen, as one reads it. */
export function readingOrder({ steps }: Definition): Key[] {
  const within = (list: readonly Step[]): Key[] =>
    list.flatMap((step) => [step.id, ...lanesOf(step).flatMap((lane) => [laneKey(lane.lane), ...within(lane.steps)])]);
  return [TRIGGER, ...within(steps)];
}

/** Whether the key still names something. */
export const exists = (definition: Definition, key: Key) => readingOrder(definition).includes(key);

/** Nothing comes after a stop. */
const goesOn = (steps: readonly Step[], index: number) => index === 0 || steps[index - 1]?.kind !== 'stop';

/** Where steps may stand, as one reads them. */
export function places(steps: readonly Step[], lane: Lane = ROOT): Place[] {
  const at = (index: number): Place[] => (goesOn(steps, index) ? [{ ...lane, index }] : []);
  return [...at(0), ...steps.flatMap((step, index) => [...lanesOf(step).flatMap((inner) => places(inner.steps, inner.lane)), ...at(index + 1)])];
}

const sameLane = (a: Lane, b: Lane) => a.of === b.of && a.path === b.path;
export const samePlace = (a: Place, b: Place) => sameLane(a, b) && a.index === b.index;

export function placeOf(steps: readonly Step[], id: string, lane: Lane = ROOT): Place | undefined {
  const index = steps.findIndex((step) => step.id === id);
  if (index >= 0) return { ...lane, index };
  for (const step of steps) {
    for (const inner of lanesOf(step)) {
      const found = placeOf(inner.steps, id, inner.lane);
      if (found) return found;
    }
  }
  return undefined;
}

/** Where something is added that comes behind what is chosen: first in a lane, behind a step, first of all behind the trigger. */
export function placeAfter({ steps }: Definition, key: Key): Place {
  if (key === TRIGGER) return { ...ROOT, index: 0 };
  if (isLane(key)) return { ...laneOf(key), index: 0 };
  const place = placeOf(steps, key);
  if (!place) return { ...ROOT, index: steps.length };
  const stops = allSteps(steps).find((step) => step.id === key)?.kind === 'stop';
  return { ...place, index: place.index + (stops ? 0 : 1) };
}

/** The steps of a lane. */
function stepsOf({ steps }: Definition, lane: Lane): readonly Step[] {
  if (lane.of === null) return steps;
  return allSteps(steps).flatMap(lanesOf).find((one) => sameLane(one.lane, lane))?.steps ?? [];
}
export const stepBefore = (definition: Definition, place: Place): Step | undefined => stepsOf(definition, place)[place.index - 1];

/** The same tree with the steps of one lane changed. */
function inLane(steps: Step[], lane: Lane, change: (steps: Step[]) => Step[]): Step[] {
  if (lane.of === null) return change(steps);
  const down = (list: Step[]) => inLane(list, lane, change);
  return steps.map((step): Step => {
    const mine = step.id === lane.of;
    if (step.kind === 'loop') return { ...step, steps: mine ? change(step.steps) : down(step.steps) };
    if (step.kind !== 'branch') return step;
    return {
      ...step,
      paths: step.paths.map((path) => ({ ...path, steps: mine && path.id === lane.path ? change(path.steps) : down(path.steps) })),
      otherwise: mine && lane.path === null ? change(step.otherwise) : down(step.otherwise),
    };
  });
}

export const insertAt = (definition: Definition, place: Place, step: Step): Definition => ({
  ...definition,
  steps: inLane(definition.steps, place, (steps) => [...steps.slice(0, place.index), step, ...steps.slice(place.index)]),
});

export function removeStep(definition: Definition, id: string): Definition {
  const place = placeOf(definition.steps, id);
  if (!place) return definition;
  return { ...definition, steps: inLane(definition.steps, place, (steps) => steps.filter((step) => step.id !== id)) };
}

export function patchStep(definition: Definition, id: string, patch: (step: Step) => Step): Definition {
  const place = placeOf(definition.steps, id);
  if (!place) return definition;
  return { ...definition, steps: inLane(definition.steps, place, (steps) => steps.map((step) => (step.id === id ? patch(step) : step))) };
}

export const patchPath = (definition: Definition, key: Key, patch: Partial<Path>): Definition => {
  const { of, path } = laneOf(key);
  return patchStep(definition, of ?? '', (step) =>
    step.kind === 'branch' ? { ...step, paths: step.paths.map((one) => (one.id === path ? { ...one, ...patch } : one)) } : step,
  );
};

/** Puts a step elsewhere; into itself it cannot go. */
export function moveTo(definition: Definition, id: string, to: Place): Definition {
  const from = placeOf(definition.steps, id);
  const step = findStep(definition, id);
  if (!from || !step || (to.of && allSteps([step]).some((inner) => inner.id === to.of))) return definition;
  const gone = removeStep(definition, id);
  const before = sameLane(from, to) && from.index < to.index;
  return insertAt(gone, { ...to, index: to.index - (before ? 1 : 0) }, step);
}

/** Puts a step into the next place up or down, also into lanes and out of them. */
export function moveBy(definition: Definition, id: string, by: 1 | -1): Definition {
  const from = placeOf(definition.steps, id);
  const step = findStep(definition, id);
  if (!from || !step) return definition;
  const gone = removeStep(definition, id);
  const all = places(gone.steps);
  const to = all[all.findIndex((place) => samePlace(place, from)) + by];
  return to ? insertAt(gone, to, step) : definition;
}

/** Puts a path of a branch before its neighbour, or behind it. */
export function movePath(definition: Definition, key: Key, by: 1 | -1): Definition {
  const { of, path } = laneOf(key);
  return patchStep(definition, of ?? '', (step) => {
    if (step.kind !== 'branch') return step;
    const at = step.paths.findIndex((one) => one.id === path);
    const to = at + by;
    if (at < 0 || to < 0 || to >= step.paths.length) return step;
    const paths = [...step.paths];
    paths.splice(to, 0, ...paths.splice(at, 1));
    return { ...step, paths };
  });
}
