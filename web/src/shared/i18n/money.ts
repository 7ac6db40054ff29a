import { latinDigits } from './digits';
import { formatMoney } from './format';
import type { Lang } from './index';

export type Money = { amountMinor: number; currency: string };

/** How many decimals a currency has: 2 for SAR, 3 for KWD, 0 for JPY. */
export const exponentOf = (currency: string): number =>
  new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2;

/** 12345 minor units of SAR → "123.45". Text all the way: binary fractions never come near an amount. */
export function majorOf({ amountMinor, currency }: Money): string {
  const exponent = exponentOf(currency);
  const digits = String(Math.abs(amountMinor)).padStart(exponent + 1, '0');
  const sign = amountMinor < 0 ? '-' : '';
  if (exponent === 0) return sign + digits;
  return `${sign}${digits.slice(0, -exponent)}.${digits.slice(-exponent)}`;
}

/** "1,250.5" of SAR → 125050. Undefined when it is not an amount, has too many decimals, or is too large to be exact. */
export function minorOf(text: string, currency: string): number | undefined {
  const exponent = exponentOf(currency);
  const match = /^(\d+|\d{1,3}(?:,\d{3})+)(?:\.(\d*))?$/.exec(latinDigits(text).replace(/\s/g, ''));
  if (!match) return undefined;
  const fraction = (match[2] ?? '').replace(/0+$/, '');
  if (fraction.length > exponent) return undefined;
  const minor = Number(match[1]!.replaceAll(',', '') + fraction.padEnd(exponent, '0'));
  return Number.isSafeInteger(minor) ? minor : undefined;
}

export const showMoney = (lang: Lang, money: Money) => formatMoney(lang, majorOf(money), money.currency);
