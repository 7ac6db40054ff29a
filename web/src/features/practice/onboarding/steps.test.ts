import { expect, it } from 'vitest';
import { placeAfter, resumeAt, type StepKey, type StepState, stepsFor } from './steps';

const state = (key: StepKey, how: 'open' | 'done' | 'skipped' = 'open'): StepState => ({
  key,
  done: how === 'done',
  skippedAt: how === 'skipped' ? '2026-11-21T08:00:00Z' : null,
});

it('goes on at the first step that is neither done nor put off', () => {
  expect(resumeAt([state('profile'), state('hours')])).toBe('profile');
  expect(resumeAt([state('profile', 'done'), state('hours', 'skipped'), state('service')])).toBe('service');
  expect(resumeAt([state('profile', 'done'), state('hours', 'skipped')])).toBe('done');
});

it('comes past what was put off once more, but not past what is done', () => {
  const all = [state('profile'), state('hours', 'done'), state('service', 'skipped'), state('staff', 'done')];
  expect(placeAfter(all, 'profile')).toBe('service');
  expect(placeAfter(all, 'service')).toBe('done');
});

it('asks nobody for what they may not do', () => {
  const all = [state('profile'), state('security')];
  expect(stepsFor(all, (permission) => permission === 'practice.write').map((s) => s.key)).toEqual(['profile']);
});
