import { expect, it } from 'vitest';
import en from '@/shared/i18n/en.json';
import { translator } from '@/shared/i18n';
import { idleChoices, including, sayHours, sayMinutes } from './choices';

const { t } = translator('en', en);

it('offers what the server takes', () => {
  expect(idleChoices.every((minutes) => minutes === 0 || (minutes >= 5 && minutes <= 480))).toBe(true);
});

it('puts an unusual value in its place, once', () => {
  expect(including([0, 5, 10], 7)).toEqual([0, 5, 7, 10]);
  expect(including([0, 5, 10], 5)).toEqual([0, 5, 10]);
});

it('says times as people do', () => {
  expect([0, 5, 60, 90, 480].map((m) => sayMinutes(t, m))).toEqual(['Never', '5 min', '1 hour', '90 min', '8 hours']);
  expect([1, 48, 72, 100].map((h) => sayHours(t, h))).toEqual(['1 hour', '48 hours', '3 days', '100 hours']);
});
