import { hasCode } from '@/shared/api/problem';
import type { SecondFactorNeeded } from '../api';

export type Method = SecondFactorNeeded['methods'][number];

/** Where somebody is on the way in. What they typed is the forms' own business and survives every step. */
export type Flow = {
  step: { at: 'password' } | { at: 'second'; challenge: string; methods: Method[]; using: Method };
  /** Why the last attempt did not lead on. */
  error?: unknown;
};

export type FlowEvent =
  | { is: 'challenged'; challenge: string; methods: Method[] }
  | { is: 'refused'; error: unknown }
  | { is: 'using'; method: Method }
  | { is: 'trying' }
  | { is: 'back' };

export const start: Flow = { step: { at: 'password' } };

/** A code is quickest; a passkey is offered first only to those who have nothing else. */
const first = (methods: Method[]): Method => (['totp', 'passkey', 'recovery_code'] as const).find((m) => methods.includes(m)) ?? 'recovery_code';

export function advance(flow: Flow, event: FlowEvent): Flow {
  const { step } = flow;
  switch (event.is) {
    case 'challenged':
      return { step: { at: 'second', challenge: event.challenge, methods: event.methods, using: first(event.methods) } };
    case 'refused':
      // a challenge that is used up leads back to the password, which is still there
      return { step: hasCode(event.error, 'auth.challenge_expired') ? start.step : step, error: event.error };
    case 'using':
      return step.at === 'second' && step.methods.includes(event.method) ? { step: { ...step, using: event.method } } : flow;
    case 'trying':
      return { step };
    case 'back':
      return start;
  }
}
