import { expect, it } from 'vitest';
import type { Definition, Step } from './definition';
import { action, sample } from './samples.fixture';
import { allSteps, lanesTaken, moveBy, movePath, moveTo, placeAfter, placeOf, places, readingOrder, removeStep } from './tree';

it('reads a workflow from top to bottom, lane by lane', () => {
  expect(readingOrder(sample)).toEqual(['trigger', 'a', 'b', 'b/p', 'c', 'd', 'b/q', 'l', 'l/', 'e', 'b/', 'w']);
});

it('adds behind a step, first in a lane, and never behind a stop', () => {
  const stop: Step = { kind: 'stop', id: 's', name: null, outcome: 'done', message: null };
  const stopped = { ...sample, steps: [...sample.steps, stop] };
  const at = (key: string) => placeAfter(stopped, key);
  expect(at('trigger')).toEqual({ of: null, path: null, index: 0 });
  expect(at('b')).toEqual({ of: null, path: null, index: 2 });
  expect(at('b/q')).toEqual({ of: 'b', path: 'q', index: 0 });
  expect(at('b/')).toEqual({ of: 'b', path: null, index: 0 });
  expect(at('c')).toEqual({ of: 'b', path: 'p', index: 1 });
  expect(at('s')).toEqual({ of: null, path: null, index: 3 });
  expect(places(stopped.steps).some((place) => place.of === null && place.index === 4)).toBe(false);
});

it('moves a step down through every place there is, and back up again', () => {
  const seen = [];
  let now: Definition = sample;
  for (;;) {
    const next = moveBy(now, 'a', 1);
    if (next === now) break;
    seen.push(placeOf(next.steps, 'a'));
    now = next;
  }
  // all places but the one it came from
  expect(seen).toEqual(places(removeStep(sample, 'a').steps).slice(1));
  for (let n = 0; n < seen.length; n++) now = moveBy(now, 'a', -1);
  expect(now).toEqual(sample);
});

it('loses and doubles no step, wherever one is put', () => {
  const ids = (definition: Definition) => allSteps(definition.steps).map((step) => step.id).sort();
  for (const { id } of allSteps(sample.steps)) {
    for (const place of places(sample.steps)) expect(ids(moveTo(sample, id, place)), `${id} to ${JSON.stringify(place)}`).toEqual(ids(sample));
  }
});

it('puts a step exactly where it was dropped', () => {
  expect(readingOrder(moveTo(sample, 'a', { of: null, path: null, index: 3 })).slice(-2)).toEqual(['w', 'a']);
  expect(readingOrder(moveTo(sample, 'a', { of: null, path: null, index: 2 })).slice(-2)).toEqual(['a', 'w']);
  expect(readingOrder(moveTo(sample, 'w', { of: 'b', path: null, index: 0 })).slice(-2)).toEqual(['b/', 'w']);
  expect(moveTo(sample, 'b', { of: 'l', path: null, index: 0 })).toBe(sample);
});

it('changes the order of paths, in which the first that holds is taken', () => {
  const paths = (definition: Definition) => readingOrder(definition).filter((key) => key.startsWith('b/'));
  expect(paths(movePath(sample, 'b/q', -1))).toEqual(['b/q', 'b/p', 'b/']);
  expect(paths(movePath(sample, 'b/q', 1))).toEqual(['b/p', 'b/q', 'b/']);
});

it('takes what is in a step away with it', () => expect(readingOrder(removeStep({ ...sample, steps: [...sample.steps, action('z')] }, 'b'))).toEqual(['trigger', 'a', 'w', 'z']));

it('knows by the steps that were passed which way that was', () => {
  expect(lanesTaken(sample, ['a', 'b', 'c', 'w'])).toEqual(['b/p']);
  expect(lanesTaken(sample, ['a', 'b', 'l', 'e', 'w'])).toEqual(['b/q']);
  expect(lanesTaken(sample, ['a', 'b', 'w'])).toEqual([]);
});
