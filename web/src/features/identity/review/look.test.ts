import { expect, it } from 'vitest';
import type { Reviewed } from './api';
import { inOrder, isDue, keyMark, marksOf } from './look';

const person = (name: string, more: Partial<Reviewed> = {}) => ({ name, status: 'active', flags: [], ...more }) as unknown as Reviewed;
const now = '2026-06-30T12:00:00Z';

it('puts those with the most to look at first and keeps the order of the rest', () => {
  const people = [person('A'), person('B', { flags: ['no_second_factor'] }), person('C'), person('D', { flags: ['no_second_factor', 'idle_90_days'] })];
  expect(inOrder(people).map((p) => p.name)).toEqual(['D', 'B', 'A', 'C']);
  expect(people[0]?.name).toBe('A');
});

it('shows who is suspended', () => {
  expect(marksOf(person('A', { status: 'suspended', flags: [] }))).toEqual(['suspended']);
  expect(marksOf(person('A', { flags: ['many_rights'] }))).toEqual(['many_rights']);
});

it('asks for a review when there was none, and again after 90 days', () => {
  expect(isDue({ generatedAt: now, lastConfirmedAt: null })).toBe(true);
  expect(isDue({ generatedAt: now, lastConfirmedAt: '2026-04-01T12:00:00Z' })).toBe(false);
  expect(isDue({ generatedAt: now, lastConfirmedAt: '2026-04-01T11:59:59Z' })).toBe(true);
});

it('marks keys that nobody uses', () => {
  expect(keyMark({ lastUsedAt: null }, now)).toBe('unused');
  expect(keyMark({ lastUsedAt: '2026-01-02T00:00:00Z' }, now)).toBe('stale');
  expect(keyMark({ lastUsedAt: '2026-06-29T00:00:00Z' }, now)).toBeUndefined();
});
