import { expect, it } from 'vitest';
import { placed, problemOf, type Problem } from './problems';
import { sample } from './samples.fixture';

const problem = (pointer: string): Problem => ({ pointer, code: 'x', message: 'm', severity: 'error' });
const spot = (pointer: string) => {
  const [one] = placed(sample, [problem(pointer)]);
  return [one!.key, one!.field];
};

it('leads to the step, the lane or the trigger that a problem is in', () => {
  expect(spot('/trigger/condition/and/0')).toEqual(['trigger', 'condition.and.0']);
  expect(spot('/trigger')).toEqual(['trigger', '']);
  expect(spot('/steps/0/fields/tagId')).toEqual(['a', 'fields.tagId']);
  expect(spot('/definition/steps/0/fields/tagId')).toEqual(['a', 'fields.tagId']);
  expect(spot('/steps/1/paths/0/condition')).toEqual(['b/p', 'condition']);
  expect(spot('/steps/1/paths/0/steps/1/action')).toEqual(['d', 'action']);
  expect(spot('/steps/1/paths/1/steps/0/steps/0/fields')).toEqual(['e', 'fields']);
  expect(spot('/steps/1/paths')).toEqual(['b', 'paths']);
  expect(spot('/steps/2/wait/minutes')).toEqual(['w', 'wait.minutes']);
});

it('belongs to nothing when it is about nothing that is there', () => {
  for (const pointer of ['', '/steps', '/steps/9/name', '/name']) expect(spot(pointer)[0]).toBeNull();
});

it('stands at its field', () => {
  const all = placed(sample, [problem('/steps/0/fields/tagId'), problem('/trigger/condition/and/0')]);
  expect(problemOf(all, 'a', 'fields.tagId')).toBe(all[0]);
  expect(problemOf(all, 'trigger', 'condition')).toBe(all[1]);
  expect(problemOf(all, 'a', 'fields.tag')).toBeUndefined();
});
