import { expect, it } from 'vitest';
import { validateOutside } from './search';

it('goes on to pages of this site only', () => {
  expect(validateOutside({ next: '/settings?x=1#y' })).toEqual({ next: '/settings?x=1#y' });
  for (const next of ['https://evil.example', '//evil.example', '/\\evil.example', 'settings', 7, undefined]) expect(validateOutside({ next })).toEqual({});
});
