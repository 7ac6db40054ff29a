import { describe, expect, it } from 'vitest';
import { exponentOf, majorOf, minorOf, showMoney } from './money';

it('knows how many decimals a currency has', () => {
  expect(['SAR', 'KWD', 'JPY'].map(exponentOf)).toEqual([2, 3, 0]);
});

describe('typed amounts', () => {
  it.each([
    ['150', 'SAR', 15000],
    ['150.5', 'SAR', 15050],
    ['0.07', 'SAR', 7],
    ['1,250.50', 'SAR', 125050],
    ['1.100', 'SAR', 110],
    ['١٥٠٫٢٥', 'SAR', 15025],
    ['1.234', 'KWD', 1234],
    ['500', 'JPY', 500],
    // an amount that floating point would turn into 110.00000000000001
    ['1.10', 'SAR', 110],
    ['90071992547409.91', 'SAR', Number.MAX_SAFE_INTEGER],
  ])('%s %s is %d minor units', (text, currency, minor) => expect(minorOf(text, currency)).toBe(minor));

  it.each([
    ['', 'SAR'],
    ['abc', 'SAR'],
    ['-5', 'SAR'],
    ['1.234', 'SAR'],
    ['1.5', 'JPY'],
    ['12,50', 'SAR'],
    ['1e3', 'SAR'],
    ['90071992547409.92', 'SAR'],
  ])('%s is no amount of %s', (text, currency) => expect(minorOf(text, currency)).toBeUndefined());
});

it('goes there and back without loss', () => {
  for (const currency of ['SAR', 'KWD', 'JPY']) {
    for (const amountMinor of [0, 1, 99, 100, 12345, Number.MAX_SAFE_INTEGER]) {
      expect(minorOf(majorOf({ amountMinor, currency }), currency)).toBe(amountMinor);
    }
  }
});

it('shows amounts with Latin digits in both languages', () => {
  expect(showMoney('en', { amountMinor: 125050, currency: 'SAR' })).toMatch(/SAR\s1,250\.50/);
  expect(showMoney('ar', { amountMinor: 125050, currency: 'SAR' })).toContain('1,250.50');
});
