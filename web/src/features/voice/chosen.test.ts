import { expect, it } from 'vitest';
import { chosenOf } from './chosen';

const all = [
  { slug: 'old', enabled: false },
  { slug: 'recalls', enabled: true },
  { slug: 'prior_auth', enabled: true },
];

it('looks at what the address says, then at what was chosen last, then at what is in use', () => {
  expect(chosenOf(all, 'prior_auth', 'old')?.slug).toBe('prior_auth');
  expect(chosenOf(all, 'gone', 'old')?.slug).toBe('old');
  expect(chosenOf(all, undefined, 'gone')?.slug).toBe('recalls');
  expect(chosenOf(all.slice(0, 1), undefined, undefined)?.slug).toBe('old');
  expect(chosenOf([], 'recalls', undefined)).toBeUndefined();
});
