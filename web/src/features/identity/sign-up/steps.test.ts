import { expect, it } from 'vitest';
import { signUpFields, startValues, steps, stepToCorrect } from './steps';

it('asks for each thing once', () => {
  expect(steps).toHaveLength(4);
  expect([...signUpFields].sort()).toEqual(Object.keys(startValues('en')).sort());
});

it('leads back to the first step with a mistake', () => {
  expect(stepToCorrect({ email: 'taken', slug: 'taken' })).toBe(0);
  expect(stepToCorrect({ email: 'taken' })).toBe(2);
  expect(stepToCorrect({ password: 'leaked' })).toBe(3);
  expect(stepToCorrect({ unheardOf: 'x' })).toBeUndefined();
});
