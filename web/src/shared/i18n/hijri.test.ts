import { expect, it } from 'vitest';
import { formatHijri } from './format';
import { hijriText } from './hijri';

it('says Hijri days in words', () => {
  expect(hijriText('en', '1448-10-01')).toBe('1 Shawwal 1448');
  expect(hijriText('ar', '1448-10-01')).toBe('1 شوال 1448');
  expect(hijriText('en', '1448-12-09', { year: false })).toMatch(/^9 Dhu/);
  expect(hijriText('en', '')).toBe('');
});

it('knows every month', () => {
  const months = Array.from({ length: 12 }, (_, n) => hijriText('ar', `1448-${n + 1}-01`));
  expect(new Set(months).size).toBe(12);
  expect(months.every((text) => /^1 [\u0600-\u06ff ]+ 1448$/.test(text))).toBe(true);
});

it('agrees with the browser’s calendar of Umm al-Qura', () => {
  // 1 Ramadan 1447, by the published calendar
  expect(formatHijri('en', '2026-02-18')).toContain('1 Ramadan 1447');
  expect(hijriText('en', '1447-09-01')).toBe('1 Ramadan 1447');
});
