import { expect, it } from 'vitest';
import en from '@/shared/i18n/calls.en.json';
import { translator } from '@/shared/i18n';
import { costText, labelText, lengthText, outcomeText, valueText } from './words';

const { t, lookup } = translator('en', en);
const words = { lang: 'en', timeZone: 'Asia/Riyadh', t } as const;

it('shows spans as telephones do', () => {
  expect([0, 999, 59_999, 60_000, 247_000, 3_723_000, -5].map(lengthText)).toEqual(['0:00', '0:00', '0:59', '1:00', '4:07', '1:02:03', '0:00']);
});

it('shows millionths of a dollar to the cent', () => {
  expect([1_234_567, 5_000, 0, 999_999_999].map((micros) => costText('en', micros)?.replace(/\s/, ' '))).toEqual(['USD 1.23', 'USD 0.01', 'USD 0.00', 'USD 1,000.00']);
  expect(costText('en', 4_999)).toBeUndefined();
});

it('says what came of a call, in words of its flow where there are no others', () => {
  expect(outcomeText({ t, lookup }, { outcome: 'completed', endedBy: 'agent' })).toBe(en['calls.outcome.completed']);
  expect(outcomeText({ t, lookup }, { outcome: 'needs_second_form', endedBy: 'agent' })).toBe('Needs second form');
  expect(outcomeText({ t, lookup }, { outcome: null, endedBy: 'no_answer' })).toBe(en['calls.ended.no_answer']);
  expect(outcomeText({ t, lookup }, { outcome: null, endedBy: null })).toBeUndefined();
});

it('says values as their fields do', () => {
  const field = (type: never, options: { value: string; label: { en: string; ar: string } }[] = []) => ({ type, options });
  const say = (type: string, value: unknown, options?: Parameters<typeof field>[1]) => valueText(words, field(type as never, options), value);
  expect(say('date', '1985-03-12')).toBe('12 Mar 1985');
  expect(say('datetime', '2026-12-01T21:30:00Z')).toBe('2 Dec 2026, 0:30');
  expect(say('phone', '+966511146215')).toBe('\u2066+966 51 114 6215\u2069');
  expect(say('select', 'ok', [{ value: 'ok', label: { en: 'Approved', ar: 'موافق عليه' } }])).toBe('Approved');
  expect(say('select', 'not_known')).toBe('Not known');
  expect(say('boolean', false)).toBe(en['calls.no']);
  expect(say('number', 1234.5)).toBe('1,234.5');
  expect([null, undefined, ''].map((nothing) => say('string', nothing))).toEqual(['', '', '']);
  expect(labelText('ar', { en: 'Status', ar: null })).toBe('Status');
});
