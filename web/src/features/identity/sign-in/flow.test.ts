import { expect, it } from 'vitest';
import { ApiProblem } from '@/shared/api/problem';
import { advance, type Flow, type FlowEvent, start } from './flow';

const refused = (code: string): FlowEvent => ({
  is: 'refused',
  error: new ApiProblem({ type: 'about:blank', title: code, status: 401, code, requestId: 'r' }),
});
const challenged: FlowEvent = { is: 'challenged', challenge: 'c1', methods: ['recovery_code', 'passkey', 'totp'] };
const after = (...events: FlowEvent[]): Flow => events.reduce(advance, start);

it('asks for a code first, then for what there is', () => {
  expect(after(challenged).step).toMatchObject({ at: 'second', challenge: 'c1', using: 'totp' });
  expect(after({ ...challenged, methods: ['recovery_code', 'passkey'] }).step).toMatchObject({ using: 'passkey' });
});

it('stays with a wrong code, and says so until the next attempt', () => {
  const wrong = after(challenged, refused('auth.invalid_code'));
  expect(wrong.step).toMatchObject({ at: 'second', challenge: 'c1' });
  expect(wrong.error).toBeInstanceOf(ApiProblem);
  expect(advance(wrong, { is: 'trying' })).toEqual({ step: wrong.step });
});

it('goes back to the password when the challenge is used up, and says why', () => {
  const over = after(challenged, { is: 'using', method: 'recovery_code' }, refused('auth.challenge_expired'));
  expect(over.step).toEqual({ at: 'password' });
  expect(over.error).toBeInstanceOf(ApiProblem);
});

it('changes the method only to one that was offered', () => {
  expect(after(challenged, { is: 'using', method: 'passkey' }).step).toMatchObject({ using: 'passkey' });
  const one = after({ ...challenged, methods: ['totp'] });
  expect(advance(one, { is: 'using', method: 'passkey' })).toBe(one);
  expect(after({ is: 'using', method: 'totp' })).toBe(start);
});

it('a wrong password changes nothing but the message, and going back forgets it', () => {
  const wrong = after(refused('auth.invalid_credentials'));
  expect(wrong.step).toEqual({ at: 'password' });
  expect(advance(wrong, { is: 'back' })).toBe(start);
  expect(after(challenged, { is: 'back' })).toBe(start);
});
