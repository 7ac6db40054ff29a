import type { Session } from './session';

/** For tests: the owner of a practice, who may do what the test says. */
export const sessionOf = (more: Partial<Session> = {}): Session => ({
  user: { id: 'u', name: 'Sara', email: 'sara@example.com', language: 'en' },
  practice: { id: 'p', name: 'Alpha', slug: 'alpha', language: 'en', timeZone: 'Asia/Riyadh', currency: 'SAR', country: 'SA', idleMinutes: 0 },
  role: 'owner',
  customRole: null,
  secondFactor: 'none',
  mustEnrol: false,
  enrolBy: null,
  memberships: [],
  permissions: [],
  expiresAt: '2030-01-01T00:00:00Z',
  ...more,
});
