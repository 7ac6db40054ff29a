import { describe, expect, it } from 'vitest';
import { challengeOf, outcomeOf } from './external';

describe('what the server says about another provider', () => {
  it('knows its outcomes and nothing else', () => {
    expect(outcomeOf('unknown')).toBe('unknown');
    for (const other of [undefined, '', 'Unknown', '<b>', 1, ['unknown']]) expect(outcomeOf(other)).toBeUndefined();
  });

  it('reads the question for the second factor', () => {
    expect(challengeOf('challenge=a-b_c&methods=totp,passkey')).toEqual({ challenge: 'a-b_c', methods: ['totp', 'passkey'] });
    for (const other of [undefined, '', 'challenge=a', 'methods=totp', 'challenge=a&methods=nonsense']) expect(challengeOf(other)).toBeUndefined();
  });
});
