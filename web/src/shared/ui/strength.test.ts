import { expect, it } from 'vitest';
import { strengthOf } from './strength';

it('wants length before anything else', () => {
  expect(strengthOf('Xk9$!qe2')).toBe('short');
  expect(strengthOf('تسعة حروف')).toBe('short');
});

it('calls weak what is guessed first', () => {
  for (const text of ['password123', 'aaaaaaaaaaaaaaa', 'abcdefghijklmnop', '12345678901234', 'qwertyuiop12', 'abababababababab']) {
    expect(strengthOf(text), text).toBe('weak');
  }
});

it('does not count what others know about the person', () => {
  expect(strengthOf('sara.abdullah1')).not.toBe('weak');
  expect(strengthOf('sara.abdullah1', ['sara.abdullah@example.com'])).toBe('weak');
  expect(strengthOf('AlphaDental2026', ['Alpha Dental'])).toBe('weak');
});

it('likes a few unrelated words, in any script', () => {
  for (const text of ['four calm river stones', 'جمل أزرق فوق السحاب', 'v8Kp-2mXz!qLw9']) expect(strengthOf(text), text).toBe('strong');
  expect(strengthOf('river stone')).toBe('fair');
});
