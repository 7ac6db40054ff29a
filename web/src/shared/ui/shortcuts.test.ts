import { expect, it } from 'vitest';
import { matches } from './shortcuts';

const press = (key: string, code: string, mods: Partial<KeyboardEvent> = {}) => ({
  key,
  code,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...mods,
});

it('goes by the character on Latin keyboards, wherever the key is', () => {
  expect(matches('n', press('n', 'KeyL'))).toBe(true);
  expect(matches('n', press('b', 'KeyN'))).toBe(false);
  expect(matches('?', press('?', 'Minus', { shiftKey: true }))).toBe(true);
});

it('goes by the place of the key while an Arabic layout is active', () => {
  expect(matches('n', press('ى', 'KeyN'))).toBe(true);
  expect(matches('mod+k', press('ن', 'KeyK', { ctrlKey: true }))).toBe(true);
  expect(matches('/', press('ظ', 'Slash'))).toBe(true);
  expect(matches('?', press('؟', 'Slash', { shiftKey: true }))).toBe(true);
  expect(matches('/', press('؟', 'Slash', { shiftKey: true }))).toBe(false);
});

it('leaves the browser its own combinations', () => {
  expect(matches('n', press('n', 'KeyN', { ctrlKey: true }))).toBe(false);
  expect(matches('f', press('f', 'KeyF', { metaKey: true }))).toBe(false);
});
