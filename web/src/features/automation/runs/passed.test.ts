import { expect, it } from 'vitest';
import type { RunStep } from '../api';
import { sample } from '../samples.fixture';
import { passed } from './passed';

const step = (stepId: string, more: Partial<RunStep> = {}) => ({ stepId, state: 'done', path: null, iteration: [], ...more }) as RunStep;

it('lights the way that a run went, and no other', () => {
  const { keys, marks } = passed(sample, [step('a'), step('b', { path: 'q' }), step('l'), step('e'), step('w', { state: 'waiting' })]);
  expect([...keys]).toEqual(['trigger', 'a', 'b', 'b/q', 'l', 'l/', 'e', 'w']);
  expect(marks.get('w')).toBe('waiting');
  expect(marks.has('c')).toBe(false);
});

it('takes the rest where no path held', () => expect(passed(sample, [step('b')]).keys.has('b/')).toBe(true));

it('does not say which way before it was decided', () => expect([...passed(sample, [step('b', { state: 'failed' })]).keys]).toEqual(['trigger', 'b']));

it('remembers what failed in any turn of a loop', () => {
  const { marks } = passed(sample, [step('l'), step('e', { iteration: [0] }), step('e', { iteration: [1], state: 'failed' }), step('e', { iteration: [2] })]);
  expect(marks.get('e')).toBe('failed');
});

it('knows a step that failed, and was done once the run was resumed, as done', () => {
  expect(passed(sample, [step('a', { state: 'failed' }), step('a')]).marks.get('a')).toBe('done');
});
