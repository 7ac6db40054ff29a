/** What came of signing in with another provider, as the server says it in the address of the sign-in page. */
export const outcomes = ['failed', 'expired', 'unavailable', 'unknown', 'no_practice'] as const;
export type Outcome = (typeof outcomes)[number];

export const outcomeOf = (value: unknown): Outcome | undefined => outcomes.find((outcome) => outcome === value);

const methods = ['totp', 'passkey', 'recovery_code'] as const;

/** The question for the second factor that follows another provider, as it stands behind the `#`. */
export function challengeOf(fragment: string | undefined) {
  const parts = new URLSearchParams(fragment);
  const challenge = parts.get('challenge');
  const named = (parts.get('methods') ?? '').split(',');
  const known = methods.filter((method) => named.includes(method));
  return challenge && known.length ? { challenge, methods: [...known] } : undefined;
}
